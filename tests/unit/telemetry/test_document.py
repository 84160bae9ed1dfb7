"""The document of `status --json`."""

from __future__ import annotations

import json

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.race import Problem
from racecontrol.telemetry.document import status_document
from racecontrol.telemetry.snapshot import IntakesView
from tests.desk.snapshots import during_start, make_race, make_snapshot, server_down


def test_queue_has_the_promised_names() -> None:
    """The names of a queue's numbers are those that scripts were promised."""
    live = status_document(during_start())["queues"]["live_points"]

    names = (
        "ready leased delayed dead held oldest_s points_pending enqueued_items acked_items points_in"
        " points_out in_rate out_rate lanes"
    )
    assert set(names.split()) <= set(live)


def test_pipeline_has_the_promised_names() -> None:
    """The names of the pipeline's numbers are those that scripts were promised."""
    names = (
        "operations pipelined_share standard_ms_per_item pipeline_ms_per_item speedup saved_s points_per_s"
    )

    assert set(status_document(during_start())["pipeline"]) == set(names.split())


def test_unknown_numbers_are_null() -> None:
    """What was not measured is null, not zero."""
    assert status_document(make_snapshot())["pipeline"]["speedup"] is None


def test_document_is_strict_json() -> None:
    """Every snapshot becomes JSON without NaN, also with the server away and without a race."""
    for snapshot in (make_snapshot(race=None), during_start(), server_down()):
        document = status_document(snapshot)

        assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_document_tells_that_the_server_is_away() -> None:
    """With the server away the document says so, with the error and a critical alert."""
    document = status_document(server_down())

    assert (document["server"]["up"], document["server"]["error"]) == (False, "connection refused")
    assert document["alerts"][0]["severity"] == "critical"


def test_document_counts_the_problems_of_the_races_files() -> None:
    """As `race ls` does; `race show` tells each."""
    race = make_race(problems=(Problem("no task"), Problem("a row that cannot be read", "pilots.csv", 4)))

    assert status_document(make_snapshot(race=race))["race"]["problems"] == 2


def test_document_tells_breaker_and_spool() -> None:
    """What processes took in and could not bring to the server yet, and why."""
    intakes = IntakesView(2, BreakerState.OPEN, "no answer", 3, 300, 12.5, spool_bytes=900, pending_items=1)

    assert status_document(make_snapshot(intakes=intakes))["intake"] == {
        "processes": 2,
        "breaker": "open",
        "reason": "no answer",
        "spool_items": 3,
        "spool_points": 300,
        "spool_bytes": 900,
        "oldest_age_s": 12.5,
        "pending_items": 1,
    }
