"""What time it is in a race."""

from __future__ import annotations

import math

import pytest

from racecontrol.control.clock import (
    BEFORE_GUN_MS,
    OWN_CLOCK_MS,
    STORE_LAG_S,
    RaceClock,
    race_clock,
    shown_state,
)
from racecontrol.domain.race import RaceState
from racecontrol.state.model import RaceStatus, ReplayStatus

GUN_MS = 1_779_795_900_000
NEXT_YEAR_MS = GUN_MS + 365 * 86_400_000


def status(state: RaceState = RaceState.READY) -> RaceStatus:
    return RaceStatus("R42", state)


def replay(*, is_playing: bool, beat_ms: int = NEXT_YEAR_MS, speed: float | None = 20.0) -> ReplayStatus:
    return ReplayStatus("R42", GUN_MS + 60_000, speed, "MJ", beat_ms, is_playing)


@pytest.mark.parametrize("off_ms", [-7 * 86_400_000, 0, OWN_CLOCK_MS])
def test_clock_of_a_race_to_come_or_of_today_is_the_walls(off_ms: int) -> None:
    """Until twelve hours after the gun: the countdown to next week's race runs too."""
    assert race_clock(GUN_MS, GUN_MS + off_ms, status(), None) == RaceClock(GUN_MS + off_ms, is_own=False)


def test_clock_of_an_old_race_waits_before_the_gun() -> None:
    """A fixture stands five minutes before its gun until it is started."""
    clock = race_clock(GUN_MS, NEXT_YEAR_MS, status(), None)

    assert clock == RaceClock(GUN_MS - BEFORE_GUN_MS, is_own=True)


def test_clock_of_an_old_race_stands_at_the_gun_once_started() -> None:
    """After a start without replay the clock is the gun."""
    assert race_clock(GUN_MS, NEXT_YEAR_MS, status(RaceState.RUNNING), None).now_ms == GUN_MS


def test_clock_follows_a_replay() -> None:
    """While a replay runs, its position is the time, and its speed is known."""
    clock = race_clock(GUN_MS, NEXT_YEAR_MS, status(RaceState.RUNNING), replay(is_playing=True))

    assert (clock.now_ms, clock.is_own) == (GUN_MS + 60_000, True)
    assert (clock.is_replaying, clock.speed) == (True, 20.0)


@pytest.mark.parametrize(("speed", "lag_s"), [(20.0, 20 * STORE_LAG_S), (None, math.inf)])
@pytest.mark.parametrize("is_playing", [True, False])
def test_clock_allows_for_the_lag_of_a_replay(speed: float | None, lag_s: float, is_playing: bool) -> None:
    """While a replay runs, and just after, the store may be some seconds times its speed behind."""
    played = replay(is_playing=is_playing, speed=speed)

    assert race_clock(GUN_MS, NEXT_YEAR_MS, status(RaceState.RUNNING), played).lag_s == lag_s


def test_clock_allows_for_no_lag_long_after_a_replay() -> None:
    """Some seconds after a replay ended everything is stored."""
    ended = replay(is_playing=False, beat_ms=NEXT_YEAR_MS - 5000)

    assert race_clock(GUN_MS, NEXT_YEAR_MS, status(RaceState.RUNNING), ended).lag_s == 0.0


def test_clock_stays_where_a_replay_ended() -> None:
    """An ended replay leaves the clock where it came to."""
    clock = race_clock(GUN_MS, NEXT_YEAR_MS, status(RaceState.RUNNING), replay(is_playing=False))

    assert (clock.now_ms, clock.is_replaying) == (GUN_MS + 60_000, False)


def test_replay_whose_player_died_is_no_replay() -> None:
    """A player silent for five seconds does not replay any more."""
    dead = replay(is_playing=True, beat_ms=NEXT_YEAR_MS - 5000)

    assert not race_clock(GUN_MS, NEXT_YEAR_MS, status(RaceState.RUNNING), dead).is_replaying


def test_countdown_shows_in_the_last_minutes_of_a_running_clock() -> None:
    """A race of today counts down in the last five minutes, a fixture that waits does not."""
    wall_ms = GUN_MS - 60_000
    running = race_clock(GUN_MS, wall_ms, status(), None)
    waiting = race_clock(GUN_MS, NEXT_YEAR_MS, status(), None)

    assert shown_state(status(), GUN_MS, running) is RaceState.COUNTDOWN
    assert shown_state(status(), GUN_MS, waiting) is RaceState.READY


def test_countdown_ends_with_the_start() -> None:
    """What the server says of a start under way stands."""
    clock = race_clock(GUN_MS, GUN_MS - 60_000, status(RaceState.STARTING), None)

    assert shown_state(status(RaceState.STARTING), GUN_MS, clock) is RaceState.STARTING
