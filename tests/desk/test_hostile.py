"""Hostile text in every field that comes from outside (T1, T2): no crash, no escape but textual's own."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.desk.lines.cells import line_width
from racecontrol.desk.screens.start import StartScreen
from racecontrol.desk.start_run import StartRun
from racecontrol.errors import RaceStateError
from racecontrol.telemetry.snapshot import Alert, LogLine, Severity, Snapshot
from tests.desk.driving import Driven, opened
from tests.desk.hostile import HOSTILE
from tests.desk.snapshots import GUN_MS, make_pilots, make_race, make_snapshot


def poisoned(text: str) -> Snapshot:
    """Everything that a pilot, a tracker, a file or another operator can name is called `text`."""
    snapshot = make_snapshot()
    pilots = make_pilots(6)
    return replace(
        snapshot,
        race=make_race(name=text, zone=text, started_by=text),
        pilots=tuple(
            replace(pilot, name=text, bib=f"{text}{number}", reason=text)
            for number, pilot in enumerate(pilots)
        ),
        alerts=(Alert(text, Severity.CRITICAL, text, GUN_MS),),
        log=(LogLine("1-0", GUN_MS, text, text, text, text),),
        mode=replace(snapshot.mode, operator=text),
        server=replace(snapshot.server, url=text, version=text, error=text, is_embedded=False),
        workers=replace(snapshot.workers, troubles=(text,)),
    )


def unprintable(driven: Driven) -> set[str]:
    """The characters of the screen that could do something to a terminal."""
    return {char for char in driven.text if char != "\n" and not char.isprintable()}


async def test_hostile_fields_draw_clean_and_aligned() -> None:
    """Fifteen texts in every field of every panel: nothing but text reaches the terminal (T1, T7)."""
    async with opened() as driven:
        for text in HOSTILE:
            await driven.feeds(poisoned(text))
            await driven.until(lambda: driven.desk.main.pilots.snapshot is driven.feed.snapshot, "drawn")

            assert unprintable(driven) == set()
            assert {line_width(line) for line in driven.desk.main.pilots.lines} == {56}
            assert "panel failed" not in driven.text


async def test_a_hostile_pilot_can_be_opened() -> None:
    """The title and the body of a dialog read no markup."""
    async with opened() as driven:
        for text in HOSTILE:
            await driven.feeds(poisoned(text))
            await driven.press("enter")
            await driven.shows("Last fix")

            assert unprintable(driven) == set()

            await driven.press("escape")


async def test_hostile_errors_are_text() -> None:
    """What a start raises is shown as it is (T2)."""
    async with opened() as driven:
        run = StartRun()
        screen = StartScreen(driven.desk.signs, run, "R42")
        await driven.desk.push_screen(screen)
        for text in HOSTILE:
            run.error = RaceStateError(text, advice=text)
            screen.refresh_body()
            await driven.shows("The start was not done")

            assert unprintable(driven) == set()


async def test_hostile_toasts_are_text() -> None:
    """A toast reads no markup and passes no escape on (T2)."""
    async with opened() as driven:
        for text in HOSTILE:
            driven.desk.tell(f"said: {text}", is_warning=True)
            await driven.shows("said: ")

            assert unprintable(driven) == set()

            driven.desk.clear_notifications()
            await driven.until(lambda: "said: " not in driven.text, "the toast is gone")


async def test_a_hostile_filter_is_text() -> None:
    """A filter that looks like markup finds the name that looks like it."""
    async with opened() as driven:
        await driven.press("slash", "left_square_bracket", "slash", "right_square_bracket")

        await driven.shows("Pilots (1 of 12) by state ▼  /[/]")
