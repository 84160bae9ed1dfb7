"""The list of races, where the desk is opened without one."""

from __future__ import annotations

from datetime import date

from racecontrol.desk.chooser import RaceChooser
from racecontrol.domain.race import Problem, Race
from tests.desk.snapshots import GUN_MS

RACES = [
    Race(race_id, name, date(2026, 5, 26), GUN_MS, "Europe/Paris", ())
    for race_id, name in (("R41", "[/] [@click=app.quit]x[/]"), ("R42", "Coupe Icare"))
]
PROBLEMS = [Problem("not TOML", "R43/race.toml", 3, "mend line 3")]


async def test_enter_chooses_the_race_under_the_cursor() -> None:
    """The app ends with the id of that race."""
    chooser = RaceChooser(RACES, PROBLEMS, "race-dark")
    async with chooser.run_test(size=(100, 24)) as pilot:
        await pilot.press("down", "enter")

    assert chooser.return_value == "R42"


async def test_races_and_what_cannot_be_opened_are_listed() -> None:
    """A name that looks like markup is text, and a broken folder says what to do."""
    chooser = RaceChooser(RACES, PROBLEMS, "race-dark")
    async with chooser.run_test(size=(100, 24)) as pilot:
        await pilot.pause()
        text = "\n".join(strip.text for strip in chooser.screen._compositor.render_strips())

    for said in (
        "R41",
        "[/] [@click=app.quit]x[/]",
        "2026-05-26 gun 13:45:00",
        "R43/race.toml:3",
        "mend line 3",
    ):
        assert said in text


async def test_q_chooses_nothing() -> None:
    """Leaving the list is no choice."""
    chooser = RaceChooser(RACES, (), "race-dark")
    async with chooser.run_test(size=(100, 24)) as pilot:
        await pilot.press("q")

    assert chooser.return_value is None
