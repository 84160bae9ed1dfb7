"""A report in words, and its batches as CSV."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields

from racecontrol.domain.clock import iso_utc
from racecontrol.store.reports import BatchMinute, Report

_UNKNOWN = "-"


def report_text(report: Report) -> str:
    """For people; what nobody measured is a dash."""
    span = report.span
    whose = f" of {span.race_id}" if span.race_id else ""
    lines = [f"operations{whose} from {iso_utc(span.first_minute_s * 1000)} to {iso_utc(span.until_ms)}", ""]
    lines += _methods(report)
    lines += ["", *_batches(report.batches)]
    insertion, pipeline = report.insertion, report.pipeline
    lines += [
        "",
        f"insertion    {insertion.points:,} new points, {insertion.points_per_s:,.0f}/s,"
        f" best minute {insertion.peak_points_per_s:,.0f}/s",
        f"pipeline     {_number(pipeline.pipelined_share, 100, '%')}"
        f" of {pipeline.operations:,} enqueue calls;"
        f" a single call takes {_number(pipeline.standard_ms_per_item, 1, ' ms', 2)},"
        f" saved {_number(pipeline.saved_s, 1, ' s', 2)}",
    ]
    lines += ["", *_competition(report)]
    return "\n".join(lines)


def report_csv(report: Report) -> str:
    """The batches, a line a minute, queue and method; times are ISO 8601 UTC."""
    out = io.StringIO()
    names = ["minute", *(field.name for field in fields(BatchMinute) if field.name != "minute_s")]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for batch in report.batches:
        row = asdict(batch)
        writer.writerow({"minute": iso_utc(row.pop("minute_s") * 1000), **row})
    return out.getvalue().rstrip("\n")


def _methods(report: Report) -> Iterator[str]:
    heads = f"{'operations':>11}{'failed':>8}{'items':>10}{'points':>12}{'mean ms':>10}{'points/s':>12}"
    yield f"{'method':<12}{heads}"
    for one in report.methods:
        yield (
            f"{one.method:<12}{one.operations:>11,}{one.failed:>8,}{one.items:>10,}{one.points:>12,}"
            f"{_number(one.average_ms, 1, '', 2):>10}{_number(one.points_per_s, 1):>12}"
        )
    if not report.methods:
        yield "nothing was queued or stored"


def _batches(batches: Sequence[BatchMinute]) -> Iterator[str]:
    """All queues of a minute together, a line a minute and method."""
    heads = f"{'batches':>9}{'mean items':>12}{'max':>7}{'mean points':>13}{'max':>9}"
    yield f"{'minute':<22}{'method':<12}{heads}"
    minutes: dict[tuple[int, str], list[BatchMinute]] = defaultdict(list)
    for batch in batches:
        minutes[batch.minute_s, batch.method].append(batch)
    for (minute_s, method), some in minutes.items():
        count = sum(one.operations for one in some)
        items = sum((one.average_items or 0) * one.operations for one in some) / count
        points = sum((one.average_points or 0) * one.operations for one in some) / count
        max_items, max_points = max(one.max_items for one in some), max(one.max_points for one in some)
        yield (
            f"{iso_utc(minute_s * 1000):<22}{method:<12}{count:>9,}"
            f"{items:>12,.1f}{max_items:>7,}{points:>13,.1f}{max_points:>9,}"
        )


def _competition(report: Report) -> Iterator[str]:
    if not report.competition:
        yield "competition  was not switched on"
    for one in report.competition:
        until = "still on" if one.off_s is None else f"off {iso_utc(one.off_s * 1000)}"
        yield (
            f"competition  on {iso_utc(one.on_s * 1000)}, {until}: {one.queue}"
            f" {one.ready_before:,} items before, at most {one.max_ready:,},"
            f" {_number(one.ready_after, 1)} after"
        )


def _number(value: float | None, times: float, unit: str = "", digits: int = 0) -> str:
    return _UNKNOWN if value is None else f"{value * times:,.{digits}f}{unit}"
