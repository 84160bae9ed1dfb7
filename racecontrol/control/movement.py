"""What a pilot's newest fixes say of the pilot, one by one, where nobody reads the whole track. Pure.

The store tells only the newest fix of each flight, so the board compares it with the one it knew: who
stays within a small place for three minutes is on the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from racecontrol.domain.fixes import DEGREE_E7, MISSING, Fixes, Int32Column
from racecontrol.domain.race import PilotState
from racecontrol.domain.readiness import (
    LANDED_BELOW_M,
    REPORTING_SPAN_MS,
    SILENT_AFTER_S,
    SILENT_INTERVALS,
    STILL_HEIGHT_M,
    STILL_SPEED_M_S,
)
from racecontrol.domain.twins import METRES_PER_DEGREE

PLACE_M: Final = 100.0
"""Somebody on the ground walks about within it; a glider in a thermal drifts out of it, or climbs."""

SPEED_GAP_MS: Final = 60_000
"""Between two fixes farther apart the straight line says nothing of the speed."""

_INTERVAL_FIXES: Final = 100


@dataclass(frozen=True, slots=True)
class Fix:
    """One fix. time_ms: UTC. Units as in `Fixes`; None where unknown."""

    time_ms: int
    lat_e7: int
    lon_e7: int
    alt_m: int | None = None
    speed_cm_s: int | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """What is known of one pilot. anchor: since when and where the pilot has not moved away.

    interval_s: the shortest time between two of the fixes seen, None before there are two.
    highest_m: of all fixes seen.
    """

    last: Fix
    anchor: Fix
    state: PilotState
    speed_kmh: float | None = None
    interval_s: float | None = None
    highest_m: int | None = None


def first_seen(fix: Fix, state: PilotState = PilotState.FLYING, interval_s: float | None = None) -> Movement:
    """A pilot seen for the first time, flying until the fixes that follow say otherwise."""
    return Movement(fix, fix, state, _told_speed(fix), interval_s, fix.alt_m)


def seen_again(before: Movement, fix: Fix) -> Movement:
    """The pilot after one more fix; one that is not newer changes nothing."""
    gap_ms = fix.time_ms - before.last.time_ms
    if gap_ms <= 0:
        return before
    speed_kmh = _told_speed(fix)
    if speed_kmh is None and gap_ms <= SPEED_GAP_MS:
        speed_kmh = round(_metres(before.last, fix) / gap_ms * 3600, 1)
    heights = [height for height in (before.highest_m, fix.alt_m) if height is not None]
    after = replace(
        before,
        last=fix,
        speed_kmh=speed_kmh,
        interval_s=min(gap_ms / 1000, before.interval_s or math.inf),
        highest_m=max(heights, default=None),
    )
    if _has_left(before.anchor, fix):
        after = replace(after, anchor=fix)
    return replace(after, state=_state(after))


def last_fix(fixes: Fixes) -> Fix:
    """The last of some fixes; its height GNSS before pressure."""
    heights = fixes.pressure_alt_m if fixes.gnss_alt_m is None else fixes.gnss_alt_m
    return Fix(
        int(fixes.time_ms[-1]),
        int(fixes.lat_e7[-1]),
        int(fixes.lon_e7[-1]),
        _known(heights),
        _known(fixes.speed_cm_s),
    )


def interval_s(fixes: Fixes) -> float | None:
    """The reporting interval of some fixes' source; None for a single fix."""
    steps_ms = np.diff(fixes.time_ms[-_INTERVAL_FIXES:])
    return float(np.median(steps_ms)) / 1000 if len(steps_ms) else None


def silent_after_s(interval_s: float | None) -> float:
    """After how long without a fix a source of this reporting interval is silent."""
    return max(SILENT_AFTER_S, SILENT_INTERVALS * (interval_s or 0.0))


def _known(column: Int32Column | None) -> int | None:
    return None if column is None or column[-1] == MISSING else int(column[-1])


def _told_speed(fix: Fix) -> float | None:
    return None if fix.speed_cm_s is None else round(fix.speed_cm_s * 0.036, 1)


def _state(movement: Movement) -> PilotState:
    """Flying once moved away at speed; on the ground after three minutes in one place; else as before."""
    before, last = movement.state, movement.last
    still_ms = last.time_ms - movement.anchor.time_ms
    if before is PilotState.TWIN:
        return before
    if still_ms == 0:
        is_fast = movement.speed_kmh is None or movement.speed_kmh > STILL_SPEED_M_S * 3.6
        return PilotState.FLYING if is_fast else before
    if still_ms < REPORTING_SPAN_MS or before is not PilotState.FLYING:
        return before
    if movement.highest_m is None or last.alt_m is None:
        return PilotState.GROUND
    has_come_down = movement.highest_m - last.alt_m >= LANDED_BELOW_M
    return PilotState.LANDED if has_come_down else PilotState.GROUND


def _has_left(anchor: Fix, fix: Fix) -> bool:
    if anchor.alt_m is not None and fix.alt_m is not None and abs(fix.alt_m - anchor.alt_m) > STILL_HEIGHT_M:
        return True
    return _metres(anchor, fix) > PLACE_M


def _metres(one: Fix, other: Fix) -> float:
    """Over the ground, on a plane: places of one flight's minutes."""
    north = other.lat_e7 - one.lat_e7
    east = (other.lon_e7 - one.lon_e7) * math.cos(math.radians(other.lat_e7 / DEGREE_E7))
    return math.hypot(north, east) * METRES_PER_DEGREE / DEGREE_E7
