"""The start from the desk, and the other changes of the race."""

from __future__ import annotations

import asyncio
import logging

import pytest

from racecontrol.errors import RaceStateError, ServerUnavailable
from racecontrol.pipeline.report import StartProgress
from tests.desk.driving import NARROW, opened
from tests.desk.fakes import FakeVerbs, make_report
from tests.desk.snapshots import after_start, during_start, make_race, make_snapshot, server_down


async def test_a_start_is_asked_then_reported() -> None:
    """S, yes: the report has points, items, priority, the pilots left out, and that it is safe."""
    async with opened() as driven:
        await driven.press("S")
        await driven.shows("Start R42?")
        await driven.press("right", "enter")
        await driven.shows("R42 is started")

        assert driven.verbs.calls == ["start 1"]
        for said in (
            "426,914 in 126 items",
            "1000",
            "1 pilot left out",
            "no fix at or before the gun",
            "synced",
        ):
            assert said in driven.text


async def test_enter_on_the_question_cancels() -> None:
    """Cancel has the focus: a careless enter starts nothing."""
    async with opened() as driven:
        await driven.press("S", "enter")
        await driven.until(lambda: "Start R42?" not in driven.text, "the question is closed")

        assert driven.verbs.calls == []


async def test_in_competition_mode_only_the_typed_race_starts() -> None:
    """Another word leaves the button dead; the race id and enter start."""
    async with opened(during_start()) as driven:
        await driven.press("S", *"R4", "enter")
        assert driven.verbs.calls == []

        await driven.press("2", "enter")
        await driven.until(lambda: driven.verbs.calls == ["start 1"], "the start was called")


async def test_progress_is_shown_while_pilots_are_gathered() -> None:
    """The dialog counts pilots and points until the report comes."""
    gate = asyncio.Event()
    verbs = FakeVerbs(gate=gate, progress=(StartProgress("gather", 57, 127, 190_204),))
    async with opened(verbs=verbs) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("57 of 127 pilots")
        gate.set()

        await driven.shows("R42 is started")


async def test_a_closed_progress_comes_back_with_the_report() -> None:
    """Closing the window stops nothing, and the result is not missed."""
    gate = asyncio.Event()
    async with opened(verbs=FakeVerbs(gate=gate)) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("Closing this window does not stop the start")
        await driven.press("escape")
        await driven.until(lambda: "Closing" not in driven.text, "the window is closed")
        gate.set()

        await driven.shows("R42 is started")


async def test_s_during_a_start_shows_its_progress_again() -> None:
    """One start at a time: the key leads back to the one under way."""
    gate = asyncio.Event()
    async with opened(verbs=FakeVerbs(gate=gate)) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("Closing this window does not stop the start")
        await driven.press("escape", "S")
        await driven.shows("Closing this window does not stop the start")
        gate.set()
        await driven.shows("R42 is started")

        assert driven.verbs.calls == ["start 1"]


async def test_a_start_that_somebody_else_won_says_who_and_when() -> None:
    """The refusal and its advice are shown in words."""
    error = RaceStateError("started by MJ at 13:45:00 with 426,914 points", advice="recall it first")
    async with opened(verbs=FakeVerbs(error=error)) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("The start was not done")

        assert "started by MJ at 13:45:00 with 426,914 points" in driven.text
        assert "recall it first" in driven.text


async def test_a_start_with_the_server_away_can_be_tried_again() -> None:
    """The dialog opens on a lost link, the error is told, and the next try works."""
    verbs = FakeVerbs(error=ServerUnavailable("the queue server does not answer", advice="try again"))
    async with opened(server_down(), verbs=verbs) as driven:
        await driven.press("S", *"R42", "enter")
        await driven.shows("The start was not done")
        verbs.error = None
        await driven.press("enter", "S", *"R42", "enter")

        await driven.shows("R42 is started")


async def test_a_fault_of_the_program_in_a_start_does_not_end_the_desk() -> None:
    """Even an error nobody foresaw becomes a sentence."""
    async with opened(verbs=FakeVerbs(error=ZeroDivisionError("division by zero"))) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("ZeroDivisionError: division by zero")

        assert driven.desk.is_running


async def test_a_start_that_is_not_durable_says_so_at_80x24() -> None:
    """The warning is in sight on a small terminal, too."""
    async with opened(size=NARROW, verbs=FakeVerbs(report=make_report(durable=False))) as driven:
        await driven.press("S", "right", "enter")

        await driven.shows("NOT DURABLE")


async def test_q_during_a_start_asks_first() -> None:
    """Closing the desk in the middle of a start takes a second yes."""
    async with opened(verbs=FakeVerbs(gate=asyncio.Event())) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("Closing this window")
        await driven.press("escape", "q")
        await driven.shows("Close the desk?")

        await driven.press("right", "enter")
        await driven.until(lambda: not driven.desk.is_running, "the desk is closed")


async def test_a_recall_is_asked_and_told() -> None:
    """R, yes: what was withdrawn and which pass begins; the verb gets the pass that was on the screen."""
    async with opened(make_snapshot(race=make_race(state=after_start().race.state))) as driven:  # type: ignore[union-attr]
        await driven.press("R")
        await driven.shows("Recall R42?")
        await driven.press("right", "enter")
        await driven.shows("Pass 2 begins")

        assert driven.verbs.calls == ["recall 1"]


async def test_competition_mode_is_asked_and_switched() -> None:
    """C, yes: the verb is told the other side."""
    async with opened() as driven:
        await driven.press("C")
        await driven.shows("Competition mode on?")
        await driven.press("right", "enter")
        await driven.shows("Competition mode is on")

        assert driven.verbs.calls == ["competition True"]


async def test_a_verb_that_fails_is_a_toast() -> None:
    """What a verb raises is told with its advice, and the desk goes on."""
    verbs = FakeVerbs(error=ServerUnavailable("the queue server does not answer", advice="look at its log"))
    async with opened(verbs=verbs) as driven:
        await driven.press("C", "right", "enter")

        await driven.shows("look at its log")


async def test_a_replay_has_a_choice_of_speeds() -> None:
    """p, 20x: the replay runs beside the screen and its end is told."""
    async with opened(make_snapshot(race=make_race(state=after_start().race.state))) as driven:  # type: ignore[union-attr]
        await driven.press("p")
        await driven.shows("Replay R42")
        await driven.press("right", "right", "right", "enter")
        await driven.shows("Replayed to its end")

        assert driven.verbs.calls == ["replay 20.0"]


async def test_a_running_replay_can_be_stopped_and_bars_the_start() -> None:
    """During a replay p stops it, and S says that it must be stopped first."""
    race = make_race(state=after_start().race.state, is_replaying=True, replay_speed=20.0)  # type: ignore[union-attr]
    async with opened(make_snapshot(race=race)) as driven:
        await driven.press("S")
        await driven.shows("A replay is running")
        await driven.press("p", "right", "enter")
        await driven.shows("The replay is stopped")

        assert driven.verbs.calls == ["stop replay"]


async def test_an_export_has_a_format_and_a_folder() -> None:
    """e, GeoJSON: the verb gets the folder that was shown and the format that was pressed."""
    async with opened() as driven:
        await driven.press("e")
        await driven.shows("Export the tracks of R42")
        await driven.press("right", "right", "enter")
        await driven.shows("1 file written")

        assert driven.verbs.calls == ["export exports geojson"]


async def test_a_read_only_desk_changes_nothing() -> None:
    """S and C are refused; the badge says why."""
    async with opened(is_read_only=True) as driven:
        await driven.press("S", "C")
        await driven.shows("This desk is read-only")

        assert "READ-ONLY" in driven.rows[0]
        assert driven.verbs.calls == []


async def test_a_refused_start_is_a_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """That somebody was first is no fault of the program: no traceback."""
    caplog.set_level(logging.INFO)
    verbs = FakeVerbs(error=RaceStateError("R42 was started by MJ", advice="recall it first"))
    async with opened(verbs=verbs) as driven:
        await driven.press("S", "right", "enter")
        await driven.shows("R42 was started by MJ")

    [record] = [one for one in caplog.records if one.name.startswith("racecontrol.desk")]
    assert (record.levelname, record.exc_info) == ("WARNING", None)
    assert "R42 was started by MJ" in record.getMessage()
