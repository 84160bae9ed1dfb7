"""Reports in SQLite: sums over the view `operations_by_minute`, and what the other views tell."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from racecontrol.domain.baseline import Baseline, gain_of
from racecontrol.domain.depth import QueueDepth
from racecontrol.domain.operation import Method
from racecontrol.store.reports import (
    BatchMinute,
    CompetitionDepth,
    InsertionReport,
    MethodReport,
    PipelineReport,
    Report,
    ReportSpan,
)

_SPAN: Final = """
    minute_s >= :first_minute_s AND minute_s * 1000 < :until_ms
    AND (:race_id IS NULL OR instr(' ' || races || ' ', ' ' || :race_id || ' '))"""

_METHODS: Final = f"""
    SELECT method, sum(operations), sum(failed), sum(items), sum(points),
           sum(duration_ms) / nullif(sum(operations) - sum(failed), 0),
           sum(points) * 1000.0 / nullif(sum(duration_ms), 0)
    FROM operations_by_minute WHERE {_SPAN}
    GROUP BY method"""

_BATCHES: Final = f"""
    SELECT minute_s, queue, method, sum(operations),
           sum(items) * 1.0 / nullif(sum(operations) - sum(failed), 0), max(max_items),
           sum(points) * 1.0 / nullif(sum(operations) - sum(failed), 0), max(max_points)
    FROM operations_by_minute WHERE {_SPAN}
    GROUP BY minute_s, queue, method ORDER BY minute_s, queue, method"""

_INSERTED: Final = f"""
    SELECT coalesce(sum(points), 0), coalesce(max(points), 0) / 60.0 FROM (
        SELECT sum(new_points) AS points FROM operations_by_minute WHERE {_SPAN} GROUP BY minute_s)"""

_PIPELINED: Final = f"""
    SELECT coalesce(sum(operations), 0), coalesce(sum(items), 0), coalesce(sum(points), 0),
           coalesce(sum(duration_ms), 0.0)
    FROM operations_by_minute WHERE method = 'pipeline' AND {_SPAN}"""

_BASELINE: Final = """
    SELECT measured_at, ms_per_call, ms_per_point FROM baselines
    ORDER BY measured_at > :until_ms, abs(measured_at - :until_ms) LIMIT 1"""

_COMPETITION: Final = """
    SELECT on_s, off_s, queue, ready_before, max_ready, ready_after FROM competition_depths
    WHERE coalesce(off_s, on_s) >= :first_minute_s AND on_s * 1000 < :until_ms ORDER BY on_s, queue"""


def read_report(connection: sqlite3.Connection, span: ReportSpan) -> Report:
    """Sum up one span. Cost: a few milliseconds an hour of the ledger, by the index on its minutes."""
    asked = {"first_minute_s": span.first_minute_s, "until_ms": span.until_ms, "race_id": span.race_id}

    def rows(query: str) -> list[Any]:
        return connection.execute(query, asked).fetchall()

    methods = tuple(MethodReport(Method(method), *rest) for method, *rest in rows(_METHODS))
    return Report(
        span,
        tuple(sorted(methods, key=lambda method: list(Method).index(method.method))),
        tuple(BatchMinute(at, queue, Method(method), *rest) for at, queue, method, *rest in rows(_BATCHES)),
        _insertion(rows(_INSERTED)[0], span),
        _pipeline(rows(_PIPELINED)[0], rows(_BASELINE), methods),
        tuple(CompetitionDepth(*row) for row in rows(_COMPETITION)),
    )


def _insertion(row: Sequence[Any], span: ReportSpan) -> InsertionReport:
    points, peak_points_per_s = row
    return InsertionReport(points, points / span.seconds, peak_points_per_s)


def _pipeline(
    row: Sequence[Any], baselines: Sequence[Sequence[Any]], methods: Sequence[MethodReport]
) -> PipelineReport:
    pipelined, items, points, duration_ms = row
    calls = sum(method.operations for method in methods if method.method.is_enqueue)
    baseline = Baseline(*baselines[0]) if baselines else None
    gain = gain_of(baseline, items, points, duration_ms)
    return PipelineReport(
        calls, pipelined / calls if calls else None, gain.standard_ms_per_item, gain.saved_s
    )


def add_depths(
    connection: sqlite3.Connection, depths: Sequence[QueueDepth], baseline: Baseline | None
) -> None:
    """Add one row a queue, and the baseline where it is new; one measured is known by its time."""
    connection.executemany(
        "INSERT OR IGNORE INTO queue_depths (sampled_at, queue, ready, leased, delayed, dead,"
        " points_pending, is_competition, occasion) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        map(_row, depths),
    )
    if baseline is not None:
        connection.execute(
            "INSERT OR IGNORE INTO baselines (measured_at, ms_per_call, ms_per_point) VALUES (?, ?, ?)",
            (baseline.measured_at_ms, baseline.ms_per_call, baseline.ms_per_point),
        )


def drop_depths(connection: sqlite3.Connection, before_ms: int) -> None:
    """Forget depths and baselines before a time."""
    connection.execute("DELETE FROM queue_depths WHERE sampled_at < ?", (before_ms,))
    connection.execute("DELETE FROM baselines WHERE measured_at < ?", (before_ms,))


def _row(depth: QueueDepth) -> tuple[int | str, ...]:
    return (
        depth.sampled_at_ms,
        depth.queue,
        depth.ready,
        depth.leased,
        depth.delayed,
        depth.dead,
        depth.points_pending,
        int(depth.is_competition),
        depth.occasion.value,
    )
