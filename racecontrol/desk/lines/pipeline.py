"""The pipeline usage panel: how much was pipelined, what that cost, and what it saved as measured."""

from __future__ import annotations

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.graph import bar
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.words import NOTHING, age, count, milliseconds, plural, rate, span
from racecontrol.domain.intake import BreakerState
from racecontrol.telemetry.snapshot import IntakesView, PipelineView, WorkersView

LABEL_CELLS = 12


def pipeline_lines(
    pipeline: PipelineView, workers: WorkersView, intakes: IntakesView, width: int, signs: Signs
) -> list[Line]:
    """Eight rows of a label and what is known; "-" where nothing was measured."""
    return [
        _share(pipeline, width, signs),
        _row("batch", _batch(pipeline)),
        _row("standard", _cost(pipeline.standard_ms_per_item)),
        _row("pipelined", _cost(pipeline.pipeline_ms_per_item)),
        _gain(pipeline),
        _row("rate", _enqueued(pipeline)),
        _intakes(intakes),
        _workers(workers),
    ]


def _label(text: str) -> Span:
    return Span(f"{text:<{LABEL_CELLS}}", Role.MUTED)


def _row(label: str, text: str, role: Role = Role.TEXT) -> Line:
    return _label(label), Span(text, role)


def _share(pipeline: PipelineView, width: int, signs: Signs) -> Line:
    if pipeline.pipelined_share is None:
        return _row("usage", "no enqueue call yet", Role.MUTED)
    said = f"  {pipeline.pipelined_share:.0%} of {plural(pipeline.operations, 'call')}"
    cells = min(28, width - LABEL_CELLS - len(said))
    return _label("usage"), *bar(pipeline.pipelined_share, cells, signs), Span(said, Role.STRONG)


def _cost(ms_per_item: float | None) -> str:
    return NOTHING if ms_per_item is None else f"{milliseconds(ms_per_item)} an item"


def _enqueued(pipeline: PipelineView) -> str:
    return NOTHING if pipeline.points_per_s is None else f"{rate(pipeline.points_per_s)} points/s enqueued"


def _batch(pipeline: PipelineView) -> str:
    if pipeline.items_per_batch is None or pipeline.points_per_batch is None:
        return NOTHING
    return f"{rate(pipeline.items_per_batch)} items, {rate(pipeline.points_per_batch)} points on average"


def _gain(pipeline: PipelineView) -> Line:
    if pipeline.speedup is None:
        has_baseline = pipeline.standard_ms_per_item is not None
        return _row("speed-up", NOTHING if has_baseline else "- until a baseline is measured", Role.MUTED)
    saved = "" if pipeline.saved_s is None else f", {span(pipeline.saved_s)} saved"
    return _label("speed-up"), Span(f"{pipeline.speedup:.1f}x", Role.GOOD), Span(f" measured{saved}")


def _intakes(intakes: IntakesView) -> Line:
    if not intakes.processes:
        return _row("breaker", "no intake is running", Role.MUTED)
    is_closed = intakes.breaker is BreakerState.CLOSED
    spool = f"   spool {plural(intakes.spool_items, 'item')}"
    if intakes.oldest_age_s is not None:
        spool += f", oldest {age(intakes.oldest_age_s)}"
    return (
        _label("breaker"),
        Span(intakes.breaker.value, Role.TEXT if is_closed else Role.BAD),
        Span(spool, Role.WARN if intakes.spool_items else Role.TEXT),
    )


def _workers(workers: WorkersView) -> Line:
    if workers.expected:
        is_short = workers.alive < workers.expected
        alive = f"{count(workers.alive)} of {count(workers.expected)} alive"
    else:
        is_short = not workers.alive
        alive = f"{count(workers.alive)} alive"
    stored = Span(f"   store {rate(workers.rows_per_s)} rows/s")
    return _label("workers"), Span(alive, Role.BAD if is_short else Role.TEXT), stored
