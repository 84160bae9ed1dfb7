"""Races, priorities and times: what the words mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.clock import iso_utc, to_ms, utc
from racecontrol.domain.priority import LANES, LIVE, RACE_START, lane_of
from racecontrol.domain.race import INITIAL_WINDOW_MS, Pilot, Problem
from tests.builders import GUN_MS, make_fixes, make_race


def test_initial_points_end_with_the_second_of_the_gun() -> None:
    """A fix at 11:45:00.900 belongs to the gun's second, one at 11:45:01 does not."""
    fixes = make_fixes([GUN_MS - 1, GUN_MS, GUN_MS + 900, GUN_MS + 1000])

    assert make_race().initial_points(fixes).time_ms.tolist() == [GUN_MS - 1, GUN_MS, GUN_MS + 900]


def test_initial_points_leave_out_a_clock_that_was_never_set() -> None:
    """Fixes of another year are no initial points."""
    fixes = make_fixes([946_684_800_000, GUN_MS - INITIAL_WINDOW_MS, GUN_MS])

    assert make_race().initial_points(fixes).time_ms.tolist() == [GUN_MS - INITIAL_WINDOW_MS, GUN_MS]


def test_roster_finds_the_bib_of_each_tracker() -> None:
    """A pilot may carry two trackers."""
    race = make_race([Pilot("7", "Ana", trackers=("FM1", "FM2")), Pilot("8", "Bo")])

    assert race.roster == {"FM1": "7", "FM2": "7"}


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("no such file", "R42/a.igc"), "R42/a.igc: no such file"),
        (Problem("bib missing", "pilots.csv", 7, "give it one"), "pilots.csv:7: bib missing: give it one"),
        (Problem("nothing"), "nothing"),
    ],
)
def test_problem_says_where_and_what_to_do(problem: Problem, said: str) -> None:
    """A problem reads as file, line, what, and advice, with what is unknown left out."""
    assert str(problem) == said


@pytest.mark.parametrize(
    ("priority", "lane"),
    [(2000, "sos"), (1999.5, "race"), (RACE_START, "race"), (LIVE, "live"), (1, "normal"), (-5, "rest")],
)
def test_lane_is_a_range_of_priorities(priority: float, lane: str) -> None:
    """A lane begins at its floor and ends below the next one's."""
    assert lane_of(priority).name == lane


def test_lanes_are_listed_from_the_highest() -> None:
    """So the first lane whose floor is reached is the right one."""
    floors = [lane.floor for lane in LANES]

    assert floors == sorted(floors, reverse=True)


@given(st.integers(0, 4_102_444_800_000))
def test_iso_time_round_trips(time_ms: int) -> None:
    """What a file or a screen shows leads back to the same millisecond."""
    assert to_ms(datetime.fromisoformat(iso_utc(time_ms))) == time_ms
    assert utc(time_ms).tzinfo is UTC


def test_to_ms_counts_from_any_zone() -> None:
    """13:45 at UTC+2 is 11:45 UTC."""
    local = datetime(2026, 5, 26, 13, 45, tzinfo=timezone(timedelta(hours=2)))

    assert to_ms(local) == GUN_MS


def test_to_ms_refuses_a_time_without_zone() -> None:
    """A naive datetime has no UTC time."""
    with pytest.raises(ValueError, match="zone"):
        to_ms(datetime(2026, 5, 26, 13, 45))  # noqa: DTZ001
