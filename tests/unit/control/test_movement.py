"""What newest fixes say of a pilot."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from racecontrol.control.movement import (
    Fix,
    Movement,
    first_seen,
    interval_s,
    last_fix,
    seen_again,
    silent_after_s,
)
from racecontrol.domain.race import PilotState
from tests.builders import GUN_MS, make_fixes

METRE_E7 = 90
"""Of latitude, near enough."""


def moved(places: Sequence[tuple[int, int, int]], state: PilotState = PilotState.FLYING) -> Movement:
    """A pilot after fixes of (seconds, metres north, height)."""
    fixes = [
        Fix(GUN_MS + s * 1000, 459_000_000 + north_m * METRE_E7, 62_000_000, alt)
        for s, north_m, alt in places
    ]
    movement = first_seen(fixes[0], state)
    for fix in fixes[1:]:
        movement = seen_again(movement, fix)
    return movement


def test_pilot_who_moves_on_flies() -> None:
    """A pilot seen somewhere else at speed is flying."""
    movement = moved([(0, 0, 2000), (20, 250, 1990)], PilotState.GROUND)

    assert movement.state is PilotState.FLYING
    assert movement.speed_kmh == pytest.approx(45, rel=0.02)


def test_pilot_in_one_place_far_below_has_landed() -> None:
    """Three minutes in one place, well below an earlier height, is a landing."""
    movement = moved([(0, 0, 2000), (60, 800, 600), (120, 801, 601), (180, 802, 600), (240, 801, 601)])

    assert movement.state is PilotState.LANDED


def test_pilot_in_one_place_at_one_height_is_on_the_ground() -> None:
    """Three minutes in one place without an earlier height is somebody on take-off."""
    assert moved([(tick * 60, tick, 1500) for tick in range(4)]).state is PilotState.GROUND


def test_pilot_in_a_thermal_flies() -> None:
    """Circling over one place is flying, since the height changes."""
    assert moved([(tick * 20, 0, 1500 + tick * 20) for tick in range(20)]).state is PilotState.FLYING


def test_pilot_who_walks_stays_landed() -> None:
    """Leaving a place on foot is no flight."""
    movement = moved([(tick * 60, tick * 60, 600) for tick in range(10)], PilotState.LANDED)

    assert movement.state is PilotState.LANDED


def test_twin_stays_a_twin() -> None:
    """Two trackers in one bag stay so, wherever they go."""
    assert moved([(0, 0, 2000), (20, 250, 1990)], PilotState.TWIN).state is PilotState.TWIN


def test_older_fix_changes_nothing() -> None:
    """A fix that is not newer than the last is no news."""
    movement = moved([(10, 0, 2000)])

    assert seen_again(movement, Fix(GUN_MS, 0, 0, 0)) is movement


def test_told_speed_stands_before_the_computed() -> None:
    """A tracker that tells its speed is believed."""
    movement = first_seen(Fix(GUN_MS, 459_000_000, 62_000_000, 1000, 500))

    assert movement.speed_kmh == pytest.approx(18.0)


def test_interval_is_the_shortest_gap_seen() -> None:
    """Reads of the store miss fixes, so the shortest time between two is nearest to the tracker's own."""
    movement = moved([(0, 0, 2000), (20, 250, 1990), (25, 300, 1990), (60, 700, 1990)])

    assert movement.interval_s == 5.0


@pytest.mark.parametrize(("interval", "silent_s"), [(None, 60.0), (1.0, 60.0), (150.0, 750.0)])
def test_silence_is_judged_by_the_trackers_own_interval(interval: float | None, silent_s: float) -> None:
    """A logger is silent after a minute, a satellite messenger after five reports."""
    assert silent_after_s(interval) == silent_s


def test_last_fix_and_interval_come_from_a_track() -> None:
    """A track gives its last fix, and the median time between fixes."""
    fixes = make_fixes((GUN_MS - 10_000, GUN_MS - 5000, GUN_MS))

    assert last_fix(fixes).time_ms == GUN_MS
    assert last_fix(fixes).alt_m == 1500
    assert interval_s(fixes) == 5.0
