"""Whose points are whose."""

from __future__ import annotations

from dataclasses import replace

import hypothesis
from hypothesis import strategies as st

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


def given(serial: str, *owners: Owner, races: Roll = ROLL) -> Roll:
    return Roll(races.races, {serial: owners})


def test_an_assignment_stands_over_its_races_roster() -> None:
    """An operator has looked; a roster was typed weeks ago."""
    assert given("T1", Owner("R42", "9")).owner_of("T1", GUN_MS) == Owner("R42", "9")
    assert given("T2", Owner("R42", "118")).owner_of("T2", GUN_MS) == Owner("R42", "118")
    assert given("T2", Owner("R42", "118")).owner_of("T2", GUN_MS, "R43") is None


def test_an_assignment_ends_with_its_race() -> None:
    """The next race's roster is that race's, and a day from the gun nobody flies with the tracker."""
    assert given("T1", Owner("R42", "9")).owner_of("T1", GUN_MS + DAY_MS - 1000) == Owner("R43", "7")
    assert given("T2", Owner("R42", "118")).owner_of("T2", GUN_MS + DAY_MS) == Owner("R42", "118")
    assert given("T2", Owner("R42", "118")).owner_of("T2", GUN_MS + DAY_MS + 1) is None


def test_each_race_has_its_assignment() -> None:
    """A tracker that is rented out by the day: the one of the race whose gun is nearest counts."""
    roll = given("T2", Owner("R43", "7"), Owner("R42", "118"))

    assert roll.owner_of("T2", GUN_MS + DAY_MS // 2) == Owner("R42", "118")
    assert roll.owner_of("T2", GUN_MS + DAY_MS // 2 + 1) == Owner("R43", "7")


def test_of_one_days_races_the_last_assigned_counts() -> None:
    """Over the other's roster and over what was assigned there before, by mistake, whatever gun is nearer."""
    later_ms = GUN_MS + 3_600_000
    same_day = Roll({"R42": RACE, "R43": replace(OTHER, gun_ms=later_ms)})
    corrected = given("T1", Owner("R43", "7"), Owner("R42", "9"), races=same_day)

    assert given("T1", Owner("R42", "9"), races=same_day).owner_of("T1", later_ms) == Owner("R42", "9")
    assert corrected.owner_of("T1", later_ms) == Owner("R42", "9")


def test_an_assignment_of_a_race_that_is_not_here_takes_the_rest() -> None:
    """Its folder is on another machine: nobody here knows its days, but those of others."""
    roll = given("T1", Owner("C1", "9"))

    assert roll.owner_of("T1", GUN_MS) == Owner("R42", "118")
    assert roll.owner_of("T1", 0) == Owner("C1", "9")


HOUR_MS = 3_600_000


@hypothesis.given(
    st.lists(st.integers(-40, 40), min_size=1, max_size=4),
    st.lists(st.integers(-3, 3), max_size=4),
    st.sets(st.integers(-160 * HOUR_MS, 160 * HOUR_MS) | st.integers(-80, 80).map(lambda n: n * HOUR_MS)),
)
def test_shares_are_whose_each_fix_is(guns_h: list[int], assigned: list[int], around_ms: set[int]) -> None:
    """Wherever the guns of the races are, and to whom the tracker was given."""
    races = [
        replace(RACE if number else make_race(), race_id=f"R{number}", gun_ms=GUN_MS + gun_h * HOUR_MS)
        for number, gun_h in enumerate(guns_h)
    ]
    owners = [Owner(f"R{number}", "9") for number in dict.fromkeys(assigned)]
    roll = Roll({race.race_id: race for race in races}, {"T1": owners})
    times_ms = sorted(GUN_MS + one for one in around_ms)

    shares = roll.shares("T1", make_fixes(times_ms))

    told = {int(time_ms): owner for owner, share in shares.items() for time_ms in share.time_ms}
    assert told == {time_ms: roll.owner_of("T1", time_ms) for time_ms in times_ms}


def test_initial_points_may_come_from_the_hour_after_the_gun() -> None:
    """A recall may put the gun off; what is later, of the day before or of an unknown race is none."""
    fixes = make_fixes()

    assert ROLL.initial_of("R42", fixes) == ROLL.initial_of("R42", make_fixes([GUN_MS + 3_599_000])) == "R42"
    assert ROLL.initial_of("R42", make_fixes([GUN_MS + 3_600_000])) == ""
    assert ROLL.initial_of("R42", make_fixes([GUN_MS - DAY_MS - 1000])) == ""
    assert ROLL.initial_of("C1", fixes) == ""
