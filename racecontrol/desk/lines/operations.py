"""The report's numbers on a screen: operations by method, what was stored, what pipelining saved."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.table import Column, fit_columns, head_line, row_line
from racecontrol.desk.lines.words import NOTHING, count, milliseconds, plural, rate, span
from racecontrol.store.reports import MethodReport, Report

LABEL_CELLS = 14

_COLUMNS = (
    Column("method", "METHOD", 9, is_right=False, grows=True, most=16),
    Column("operations", "CALLS", 8),
    Column("failed", "FAILED", 6, rank=2),
    Column("points", "POINTS", 11),
    Column("average", "AVERAGE", 8),
    Column("rate", "POINTS/s", 8, rank=1),
)


def operation_lines(report: Report, width: int) -> Sequence[Line]:
    """A row a method, then insertion, pipeline and the largest batches."""
    columns = fit_columns(_COLUMNS, width)
    rows = [_row(columns, method) for method in report.methods]
    none = [(Span("no operation within the hour", Role.MUTED),)]
    inserted, pipeline = report.insertion, report.pipeline
    share = NOTHING if pipeline.pipelined_share is None else f"{pipeline.pipelined_share:.0%}"
    return [
        head_line(columns),
        *(rows or none),
        BLANK,
        _said(
            "Stored",
            f"{plural(inserted.points, 'point')}, {rate(inserted.points_per_s)}/s on average, "
            f"{rate(inserted.peak_points_per_s)}/s at best",
        ),
        _said("Pipelined", f"{share} of {plural(pipeline.operations, 'enqueue call')}"),
        _said("Saved", f"{span(pipeline.saved_s)} against single calls, as measured"),
        _said("Batches", _batches(report)),
        BLANK,
        (Span("more: racecontrol report --since 1d", Role.MUTED),),
    ]


def _row(columns: Sequence[Column], method: MethodReport) -> Line:
    values: dict[str, Span | Line] = {
        "method": Span(method.method.value),
        "operations": Span(count(method.operations)),
        "failed": Span(count(method.failed), Role.BAD if method.failed else Role.MUTED),
        "points": Span(count(method.points)),
        "average": Span(milliseconds(method.average_ms)),
        "rate": Span(rate(method.points_per_s)),
    }
    return row_line(columns, values)


def _said(label: str, text: str) -> Line:
    return Span(f"{label:<{LABEL_CELLS}}", Role.MUTED), Span(text)


def _batches(report: Report) -> str:
    if not report.batches:
        return NOTHING
    items = max(batch.max_items for batch in report.batches)
    points = max(batch.max_points for batch in report.batches)
    return f"at most {plural(items, 'item')} and {plural(points, 'point')} in one call"
