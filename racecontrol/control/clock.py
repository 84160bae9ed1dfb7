"""The race's clock: the wall's until 12 h after the gun, its own for a race that is long past. Pure.

gun to come, or within ──► the wall
the last 12 h
a replay was played    ──► its position, also after it ended
not started            ──► five minutes before the gun, standing
started                ──► the gun, standing
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from racecontrol.domain.race import RaceState
from racecontrol.state.model import RaceStatus, ReplayStatus
from racecontrol.state.replay import SILENCE_MS

OWN_CLOCK_MS = 12 * 3_600_000
"""A gun longer ago than this is of another day: no race is flown for longer."""

BEFORE_GUN_MS = 5 * 60_000
"""Where a race of an earlier day stands until it is started; and for how long a countdown shows."""

STORE_LAG_S = 3.0
"""From a point's replay to its row on a screen, in seconds of the wall's clock, at the worst."""


@dataclass(frozen=True, slots=True)
class RaceClock:
    """What time it is in the race, UTC ms. speed: of the replay, None as fast as it goes or without one.

    lag_s: how far what is stored may be behind this clock only because a replay is fast, in its seconds.
    """

    now_ms: int
    is_own: bool
    is_replaying: bool = False
    speed: float | None = None
    lag_s: float = 0.0


def race_clock(gun_ms: int, wall_ms: int, status: RaceStatus, replay: ReplayStatus | None) -> RaceClock:
    """The race's clock. wall_ms: the server's time."""
    is_recent = replay is not None and wall_ms - replay.beat_ms < SILENCE_MS
    if replay and replay.is_playing and is_recent:
        return RaceClock(replay.position_ms, True, True, replay.speed, _lag_s(replay))
    if wall_ms - gun_ms <= OWN_CLOCK_MS:
        return RaceClock(wall_ms, is_own=False)
    if replay:
        return RaceClock(replay.position_ms, is_own=True, lag_s=_lag_s(replay) if is_recent else 0.0)
    is_waiting = status.state in (RaceState.READY, RaceState.COUNTDOWN)
    return RaceClock(gun_ms - BEFORE_GUN_MS if is_waiting else gun_ms, is_own=True)


def _lag_s(replay: ReplayStatus) -> float:
    return math.inf if replay.speed is None else STORE_LAG_S * replay.speed


def shown_state(status: RaceStatus, gun_ms: int, clock: RaceClock) -> RaceState:
    """The state that screens show: the server's, and COUNTDOWN for the last minutes of a running clock."""
    is_near = 0 <= gun_ms - clock.now_ms <= BEFORE_GUN_MS
    if status.state is RaceState.READY and is_near and not clock.is_own:
        return RaceState.COUNTDOWN
    return status.state
