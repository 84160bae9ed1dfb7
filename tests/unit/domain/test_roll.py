"""Whose points are whose."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.domain.race import Pilot
from racecontrol.domain.roll import Owner, Roll
from tests.builders import GUN_MS, make_fixes, make_race

DAY_MS = 86_400_000
RACE = make_race((Pilot("118", "Ana", trackers=("T1",)),))
OTHER = replace(make_race((Pilot("7", "Bo", trackers=("T1",)),), gun_ms=GUN_MS + DAY_MS), race_id="R43")
ROLL = Roll({"R42": RACE, "R43": OTHER})


def test_a_rostered_tracker_is_its_pilots() -> None:
    """In the race whose gun is nearest."""
    assert ROLL.owner_of("T1", GUN_MS) == Owner("R42", "118")
    assert ROLL.owner_of("T1", GUN_MS + DAY_MS - 1000) == Owner("R43", "7")


def test_an_old_race_takes_no_points() -> None:
    """A day from the gun nobody of the race flies in it any more."""
    assert ROLL.owner_of("T1", GUN_MS - DAY_MS - 1) is None
    assert ROLL.owner_of("T1", GUN_MS, "R44") is None


def test_an_assignment_stands_over_the_roster() -> None:
    """An operator has looked; a roster was typed weeks ago."""
    roll = replace(ROLL, assignments={"T1": Owner("R42", "9"), "T2": Owner("R42", "118")})

    assert roll.owner_of("T1", GUN_MS) == Owner("R42", "9")
    assert roll.owner_of("T2", 0) == Owner("R42", "118")
    assert roll.owner_of("T2", 0, "R43") is None


def test_initial_points_may_come_from_the_hour_after_the_gun() -> None:
    """A recall may put the gun off; what is later, of the day before or of an unknown race is none."""
    fixes = make_fixes()

    assert ROLL.initial_of("R42", fixes) == ROLL.initial_of("R42", make_fixes([GUN_MS + 3_599_000])) == "R42"
    assert ROLL.initial_of("R42", make_fixes([GUN_MS + 3_600_000])) == ""
    assert ROLL.initial_of("R42", make_fixes([GUN_MS - DAY_MS - 1000])) == ""
    assert ROLL.initial_of("C1", fixes) == ""
