"""The race's clock: the wall's for a race of today, its own for one that is long past. Pure.

gun within 12 h of now ──► the wall
a replay was played    ──► its position, also after it ended
not started            ──► five minutes before the gun, standing
started                ──► the gun, standing
"""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.domain.race import RaceState
from racecontrol.state.model import RaceStatus, ReplayStatus
from racecontrol.state.replay import SILENCE_MS

OWN_CLOCK_MS = 12 * 3_600_000
"""A gun farther away than this is of another day: no race is flown for longer."""

BEFORE_GUN_MS = 5 * 60_000
"""Where a race of another day stands until it is started; and how long before the gun a countdown shows."""


@dataclass(frozen=True, slots=True)
class RaceClock:
    """What time it is in the race, UTC ms. speed: of the replay, None as fast as it goes or without one."""

    now_ms: int
    is_own: bool
    is_replaying: bool = False
    speed: float | None = None


def race_clock(gun_ms: int, wall_ms: int, status: RaceStatus, replay: ReplayStatus | None) -> RaceClock:
    """The race's clock. wall_ms: the server's time."""
    if replay and replay.is_playing and wall_ms - replay.beat_ms < SILENCE_MS:
        return RaceClock(replay.position_ms, is_own=True, is_replaying=True, speed=replay.speed)
    if abs(gun_ms - wall_ms) <= OWN_CLOCK_MS:
        return RaceClock(wall_ms, is_own=False)
    if replay:
        return RaceClock(replay.position_ms, is_own=True)
    is_waiting = status.state in (RaceState.READY, RaceState.COUNTDOWN)
    return RaceClock(gun_ms - BEFORE_GUN_MS if is_waiting else gun_ms, is_own=True)


def shown_state(status: RaceStatus, gun_ms: int, clock: RaceClock) -> RaceState:
    """The state that screens show: the server's, and COUNTDOWN for the last minutes of a running clock."""
    is_near = 0 <= gun_ms - clock.now_ms <= BEFORE_GUN_MS
    if status.state is RaceState.READY and is_near and not clock.is_own:
        return RaceState.COUNTDOWN
    return status.state
