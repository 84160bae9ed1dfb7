"""What a report sums up of a ledger, and that the views which panels read tell the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from racecontrol.domain.baseline import Baseline
from racecontrol.domain.depth import Occasion, QueueDepth
from racecontrol.domain.operation import Method, Operation
from racecontrol.store.reports import BatchMinute, CompetitionDepth, ReportSpan
from racecontrol.store.sqlite import SqliteStore

NOON_MS = 1_779_796_800_000
"""2026-05-26T12:00:00Z"""

NOON_S = NOON_MS // 1000
DAY_MS = 86_400_000
HOUR = ReportSpan(NOON_MS, NOON_MS + 3_600_000)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "rc.db") as opened:
        yield opened


def rows(store: SqliteStore, query: str) -> list[Any]:
    """What another program reads of the same file."""
    connection = sqlite3.connect(store.path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def make_operation(
    at_s: float = 0, method: Method = Method.PIPELINE, items: int = 10, **changes: Any
) -> Operation:
    """An operation at_s after noon: 100 points an item, 2 ms an item."""
    values = {"queue": "live_points", "races": ("R42",), **changes}
    return Operation(
        NOON_MS + int(at_s * 1000),
        values.pop("queue"),
        method,
        items * 100,
        items,
        items * 2.0,
        **values,
    )


def make_depth(at_s: float, ready: int, occasion: Occasion = Occasion.MINUTE) -> QueueDepth:
    is_competition = occasion is Occasion.ON
    return QueueDepth(NOON_MS + int(at_s * 1000), "live_points", ready, 0, 0, 0, 0, is_competition, occasion)


def test_methods_are_counted_apart(store: SqliteStore) -> None:
    """Operations, failures, mean duration, and points a second while at it."""
    store.record(
        [
            make_operation(items=10),
            make_operation(items=30),
            make_operation(method=Method.STANDARD, items=1),
            make_operation(method=Method.STANDARD, items=1, outcome="ServerUnavailable"),
        ]
    )

    standard, pipeline = store.report(HOUR).methods
    assert (standard.method, standard.operations, standard.failed, standard.points) == ("standard", 2, 1, 100)
    assert (pipeline.operations, pipeline.average_ms, pipeline.points_per_s) == (2, 40.0, 50_000)


def test_batches_are_averaged_by_minute(store: SqliteStore) -> None:
    """Mean and maximum of each minute, queue and method."""
    store.record([make_operation(0, items=10), make_operation(59.9, items=30), make_operation(60, items=7)])

    assert store.report(HOUR).batches == (
        BatchMinute(NOON_S, "live_points", Method.PIPELINE, 2, 20.0, 30, 2000.0, 3000),
        BatchMinute(NOON_S + 60, "live_points", Method.PIPELINE, 1, 7.0, 7, 700.0, 700),
    )


def test_insertion_counts_rows_that_were_new(store: SqliteStore) -> None:
    """What was stored before is not inserted again; the best minute is told."""
    store.record(
        [
            make_operation(0, Method.DEQUEUE, new_count=600),
            make_operation(61, Method.DEQUEUE, new_count=1200),
            make_operation(62, Method.DEQUEUE, new_count=0),
        ]
    )

    insertion = store.report(HOUR).insertion
    assert (insertion.points, insertion.points_per_s, insertion.peak_points_per_s) == (1800, 0.5, 20)


def test_dequeues_are_no_part_of_the_pipeline_share(store: SqliteStore) -> None:
    """A share of enqueue calls only."""
    store.record(
        [make_operation(), make_operation(method=Method.STANDARD), make_operation(method=Method.DEQUEUE)]
    )

    pipeline = store.report(HOUR).pipeline
    assert (pipeline.operations, pipeline.pipelined_share) == (2, 0.5)


def test_nothing_is_saved_against_a_baseline_nobody_measured(store: SqliteStore) -> None:
    """Null, never assumed."""
    store.record([make_operation()])

    pipeline = store.report(HOUR).pipeline
    assert (pipeline.standard_ms_per_item, pipeline.saved_s) == (None, None)


def test_latency_saved_is_told_against_the_measured_single_call(store: SqliteStore) -> None:
    """10 items of 100 points at 2 ms where a single call takes 5; the latest measurement by then counts."""
    store.record([make_operation(120)])
    for measured_at_s, ms_per_call in ((-60, 8.0), (60, 4.0), (7200, 1.0)):
        store.record_depths([make_depth(0, 1)], Baseline(NOON_MS + measured_at_s * 1000, ms_per_call, 0.01))

    pipeline = store.report(HOUR).pipeline
    assert (pipeline.standard_ms_per_item, pipeline.saved_s) == (5.0, 0.03)
    assert rows(store, "SELECT standard_ms_per_item, saved_s FROM pipeline_by_minute") == [(5.0, 0.03)]


def test_a_single_call_costs_what_the_pipelined_items_would(store: SqliteStore) -> None:
    """20 items of 450 points at 2 ms, where single calls take 8.5: other methods have no part in it."""
    store.record_depths([make_depth(0, 1)], Baseline(NOON_MS, 4.0, 0.01))
    standard, pipelined = make_operation(method=Method.STANDARD, items=1), make_operation()
    store.record([standard, pipelined, replace(pipelined, point_count=8000)])

    pipeline = store.report(HOUR).pipeline
    assert (pipeline.standard_ms_per_item, pipeline.saved_s) == (8.5, 0.13)
    assert rows(store, "SELECT standard_ms_per_item, saved_s FROM pipeline_by_minute") == [(8.5, 0.13)]


def test_a_minute_without_pipelined_items_tells_of_100_points(store: SqliteStore) -> None:
    """There is a cost of a single call to show, and nothing was saved."""
    store.record_depths([make_depth(0, 1)], Baseline(NOON_MS, 4.0, 0.01))
    store.record([make_operation(method=Method.STANDARD, items=1)])

    pipeline = store.report(HOUR).pipeline
    assert (pipeline.standard_ms_per_item, pipeline.saved_s) == (5.0, 0.0)
    assert rows(store, "SELECT standard_ms_per_item, saved_s FROM pipeline_by_minute") == [(5.0, 0.0)]


def test_a_race_is_told_from_others(store: SqliteStore) -> None:
    """An operation with points of two races counts for each; R4 is not R42."""
    store.record(
        [
            make_operation(),
            make_operation(races=("R42", "R43")),
            make_operation(races=("R4",)),
            make_operation(races=()),
        ]
    )

    counts = {
        race: sum(one.operations for one in store.report(ReportSpan(NOON_MS, HOUR.until_ms, race)).methods)
        for race in ("R42", "R43", "R4", "R9")
    }
    assert counts == {"R42": 2, "R43": 1, "R4": 1, "R9": 0}


def test_a_span_has_whole_minutes(store: SqliteStore) -> None:
    """From the beginning of the first minute; what comes after the end is left out."""
    store.record([make_operation(-1), make_operation(0), make_operation(30), make_operation(120)])

    span = ReportSpan(NOON_MS + 20_000, NOON_MS + 90_000)
    assert [method.operations for method in store.report(span).methods] == [2]


def test_an_empty_ledger_gives_an_empty_report(store: SqliteStore) -> None:
    """No division by nothing."""
    report = store.report(HOUR)

    assert (report.methods, report.batches, report.competition) == ((), (), ())
    assert (report.insertion.points, report.pipeline.pipelined_share) == (0, None)


def test_depths_are_told_around_competition_mode(store: SqliteStore) -> None:
    """Before it, at most while it was on, and after; a mode that is still on has no after."""
    for depth in (
        make_depth(0, 900, Occasion.ON),
        make_depth(30, 1200),
        make_depth(60, 40, Occasion.OFF),
        make_depth(90, 5000),
        make_depth(120, 70, Occasion.ON),
    ):
        store.record_depths([depth], None)

    assert store.report(HOUR).competition == (
        CompetitionDepth(NOON_S, NOON_S + 60, "live_points", 900, 1200, 40),
        CompetitionDepth(NOON_S + 120, None, "live_points", 70, 70, None),
    )


def test_depths_and_baselines_are_kept_a_week(store: SqliteStore) -> None:
    """As the operations are."""
    store.record_depths([make_depth(-8 * 86_400, 1)], Baseline(NOON_MS - 8 * DAY_MS, 1.0, 0.0))

    store.record_depths([make_depth(0, 2)], Baseline(NOON_MS, 2.0, 0.0))

    assert rows(store, "SELECT ready FROM queue_depths") == [(2,)]
    assert rows(store, "SELECT ms_per_call FROM baselines") == [(2.0,)]


@pytest.mark.parametrize(
    "view",
    [
        *("operations_by_minute", "batches_by_minute", "methods_by_minute"),
        *("insertion_by_minute", "pipeline_by_minute"),
    ],
)
def test_a_panel_reads_only_the_minutes_it_shows(store: SqliteStore, view: str) -> None:
    """The range of time reaches the index through the view: a week is a million rows."""
    plan = rows(store, f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE minute_s >= 1 AND minute_s < 2")

    assert any("SEARCH queue_operations USING INDEX queue_operations_by_minute" in row[3] for row in plan)
