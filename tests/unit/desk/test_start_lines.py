"""What the start's dialogs say."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.pipeline import pipeline_lines
from racecontrol.desk.lines.signs import UNICODE
from racecontrol.desk.lines.start import error_lines, progress_lines, report_lines
from racecontrol.desk.questions import recall_question, start_question
from racecontrol.desk.situation import Situation
from racecontrol.domain.intake import BreakerState
from racecontrol.errors import RaceStateError
from racecontrol.pipeline.report import Rejected, StartProgress
from racecontrol.telemetry.snapshot import IntakesView
from tests.desk.fakes import make_report
from tests.desk.snapshots import after_start, during_start, make_pipeline, make_snapshot, server_down


def test_progress_counts_pilots_and_points() -> None:
    """While gathering: how many of how many pilots, and their points."""
    text = plain(progress_lines(StartProgress("gather", 57, 127, 190_204), 66, UNICODE))

    assert "57 of 127 pilots" in text
    assert "190,204" in text


def test_progress_of_the_queueing_counts_items() -> None:
    """While queueing, gathering is done."""
    text = plain(progress_lines(StartProgress("enqueue", 100, 126, 426_914), 66, UNICODE))

    assert "100 of 126 items" in text
    assert "done" in text


def test_the_report_says_what_was_queued_and_how() -> None:
    """Points, items, priority, method, times, and that it is safe."""
    text = plain(report_lines(make_report(), 66, UNICODE))

    for said in ("426,914 in 126 items", "126 of 127", "1000", "pipeline", "812 ms", "232 ms", "synced"):
        assert said in text


def test_every_rejected_pilot_is_listed_with_the_reason() -> None:
    """No pilot is left out silently, however many there are."""
    rejected = tuple(Rejected(str(bib), f"reason {bib}") for bib in range(100, 140))
    text = plain(report_lines(make_report(rejected=rejected), 66, UNICODE))

    assert [each.bib for each in rejected if f"{each.bib}  {each.reason}" not in text] == []


def test_a_start_that_is_not_synced_is_called_not_durable() -> None:
    """The warning is in words."""
    assert "NOT DURABLE" in plain(report_lines(make_report(durable=False), 66, UNICODE))


def test_an_error_has_its_advice() -> None:
    """Who started, and what to do about it."""
    error = RaceStateError("started by MJ at 13:45:00 with 426,914 points", advice="recall it first")
    text = plain(error_lines(error, 66))

    assert "started by MJ at 13:45:00 with 426,914 points" in text
    assert "recall it first" in text


def test_a_long_error_is_wrapped() -> None:
    """No line of a message is wider than its dialog."""
    lines = error_lines(RaceStateError("word " * 60 + "x" * 300), 66)

    assert all(line_width(line) <= 66 for line in lines)


def test_the_start_is_asked_with_what_how_many_where_and_undo() -> None:
    """A confirmation tells all that it takes to say no."""
    facts = dict(start_question(Situation(snapshot=make_snapshot()), "R42").facts)

    assert {"What", "Pilots", "Points", "Gun", "Where", "Undo"} == set(facts)
    assert facts["Pilots"].startswith("146 of 150 ready")


def test_the_start_is_asked_with_the_server_away() -> None:
    """The question says that the server does not answer, and can still be answered."""
    facts = dict(start_question(Situation(snapshot=server_down()), "R42").facts)

    assert "connection refused" in facts["Where"]


def test_a_start_on_a_server_that_can_lose_it_says_so() -> None:
    """Before the start, not only after it."""
    snapshot = make_snapshot()
    unsafe = replace(snapshot, server=replace(snapshot.server, is_durable=False))

    assert "NOT durable" in dict(start_question(Situation(snapshot=unsafe), "R42").facts)["Where"]


def test_a_second_start_is_told_who_was_first() -> None:
    """The question of a race that runs names who started it."""
    facts = dict(start_question(Situation(snapshot=after_start()), "R42").facts)

    assert "started by MJ" in facts["Note"]


def test_in_competition_mode_the_race_is_typed() -> None:
    """A start in a competition takes more than a key."""
    assert start_question(Situation(snapshot=during_start()), "R42").typed == "R42"


def test_a_recall_says_how_many_items_still_wait() -> None:
    """What a recall can take back is known before it is asked."""
    facts = dict(recall_question(Situation(snapshot=during_start()), "R42").facts)

    assert facts["Items"].startswith("120 items")


def test_the_pipeline_panel_shows_share_cost_and_gain() -> None:
    """Share, batch, both costs, the measured speed-up, what it saved, workers and store."""
    text = plain(pipeline_lines(make_pipeline(), during_start().workers, IntakesView(), 56, UNICODE))

    for said in (
        "81% of 1,204 calls",
        "34 items",
        "0.31 ms",
        "0.03 ms",
        "x measured",
        "saved",
        "2 of 2 alive",
    ):
        assert said in text


def test_without_a_baseline_there_is_no_speed_up() -> None:
    """A speed-up is measured or a dash, never assumed."""
    pipeline = replace(make_pipeline(), standard_ms_per_item=None, speedup=None, saved_s=None)

    assert "speed-up    - until" in plain(
        pipeline_lines(pipeline, during_start().workers, IntakesView(), 56, UNICODE)
    )


def test_the_pipeline_panel_shows_breaker_and_spool() -> None:
    """The worst breaker of all intakes, and what waits on their disks."""
    intakes = IntakesView(2, BreakerState.OPEN, "no answer", 412, 40_000, 31.0)

    text = plain(pipeline_lines(make_pipeline(), during_start().workers, intakes, 56, UNICODE))

    assert "breaker     open   spool 412 items, oldest 31 s" in text
