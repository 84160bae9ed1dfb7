"""Who is ready: what each pilot's fixes up to a moment say of the pilot. Pure: no clock, no file.

"Landed" and "lost" look alike until height and speed are read, so a tracker that fell silent on the
ground after a flight is a landed pilot; one that fell silent in the air is a silent one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.fixes import DEGREE_E7, MISSING, Fixes
from racecontrol.domain.race import INITIAL_WINDOW_MS, PilotState
from racecontrol.domain.twins import METRES_PER_DEGREE, find_twins

UNREADY: Final = (PilotState.LANDED, PilotState.NO_DATA, PilotState.SILENT, PilotState.TWIN)
"""Whom a race director asks after before the gun; everybody else is ready."""

SILENT_AFTER_S: Final = 60.0
SILENT_INTERVALS: Final = 5
"""Silent is who missed five reports in a row, and at least a minute: satellite messengers report
every 2.5 to 10 min, loggers every second."""

REPORTING_SPAN_MS: Final = 180_000
SILENT_SPAN_MS: Final = 60_000
"""How long before the last fix speed and height are read: three minutes, so that nobody who soars against
the wind has landed; of a silent tracker one, for many are switched off a minute after landing."""

STILL_SPEED_M_S: Final = 3.0
"""Nobody walks faster with a glider on the back; flying slower than this takes a gale."""

STILL_HEIGHT_M: Final = 30.0
"""Between the heights of somebody on the ground or walking; a tenth at either end is left out, for real
tracks have fixes of 9,999 m in them."""

LANDED_BELOW_M: Final = 50.0
"""Who is on the ground this far below an earlier height has flown, or gone down otherwise."""

_INTERVAL_FIXES: Final = 100
_FEWEST_STEPS: Final = 4
_HIGHEST_PERCENTILE: Final = 99
"""Of the heights, so that a single wild one is no flight."""


@dataclass(frozen=True, slots=True)
class PilotStatus:
    """A pilot at one moment. reason: why it is that state, where a state needs one.

    age_s: of the last fix. alt_m: of the last fix, GNSS before pressure. speed_kmh: over the ground,
    median of the last minutes. None where there is no such value.
    """

    state: PilotState
    reason: str = ""
    age_s: float | None = None
    alt_m: int | None = None
    speed_kmh: float | None = None


def ready_count(states: Iterable[PilotState]) -> int:
    """How many pilots are where a start wants them, heard of, and with a tracker of their own."""
    return sum(state not in UNREADY for state in states)


def readiness_in_words(states: Sequence[PilotState]) -> str:
    """124 of 127 ready; 1 landed, 1 no data, 1 twin. states: of all pilots."""
    counts = Counter(states)
    missing = [f"{counts[state]} {state}" for state in UNREADY if counts[state]]
    ready = f"{ready_count(states)} of {len(states)} ready"
    return f"{ready}; {', '.join(missing)}" if missing else ready


def states_in_words(states: Sequence[PilotState]) -> str:
    """98 flying, 21 landed, 1 silent. states: of all pilots."""
    counts = Counter(states)
    return ", ".join(f"{counts[state]} {state}" for state in reversed(PilotState) if counts[state])


def assess_pilots(tracks: Mapping[str, Fixes], now_ms: int) -> dict[str, PilotStatus]:
    """The status of every pilot at `now_ms`; fixes after it are not looked at. tracks: by bib.

    Cost: 150 pilots with 3,400 fixes each take some 30 ms.
    """
    known = {bib: fixes.before(now_ms + 1) for bib, fixes in tracks.items()}
    statuses = {bib: assess(fixes, now_ms) for bib, fixes in known.items()}
    heard = (PilotState.FLYING, PilotState.GROUND, PilotState.LANDED)
    reporting = {bib: known[bib] for bib, status in statuses.items() if status.state in heard}
    for bib, twin in find_twins(reporting, now_ms).items():
        statuses[bib] = replace(
            statuses[bib], state=PilotState.TWIN, reason=f"moves with the tracker of {twin}"
        )
    return statuses


def assess(fixes: Fixes, now_ms: int) -> PilotStatus:
    """The status of one pilot by fixes that are not later than `now_ms`; who has a twin cannot be told."""
    if not len(fixes):
        return PilotStatus(PilotState.NO_DATA, "no fix yet")
    last_ms = int(fixes.time_ms[-1])
    if last_ms < now_ms - INITIAL_WINDOW_MS:
        return PilotStatus(PilotState.NO_DATA, f"the tracker's clock says {iso_utc(last_ms)}")
    age_s = (now_ms - last_ms) / 1000
    is_silent = age_s > max(SILENT_AFTER_S, SILENT_INTERVALS * _interval_s(fixes))
    recent = _last(fixes, SILENT_SPAN_MS if is_silent else REPORTING_SPAN_MS)
    speed_m_s = _median_speed(recent)
    heights = _heights(fixes)
    alt_m = None if heights is None or heights[-1] == MISSING else int(heights[-1])
    state = _ground_state(heights, len(recent), speed_m_s)
    reason = ""
    if is_silent and state is not PilotState.LANDED:
        state, reason = PilotState.SILENT, f"silent for {age_s:.0f} s"
    elif is_silent:
        reason = f"last fix {age_s:.0f} s ago"
    speed_kmh = None if speed_m_s is None else round(speed_m_s * 3.6, 1)
    return PilotStatus(state, reason, age_s, alt_m, speed_kmh)


def _ground_state(
    heights: npt.NDArray[np.int32] | None, recent_fixes: int, speed_m_s: float | None
) -> PilotState:
    """Flying unless speed and height say otherwise: to look for a pilot who landed costs less than not to."""
    if speed_m_s is None or speed_m_s > STILL_SPEED_M_S:
        return PilotState.FLYING
    if heights is None:
        return PilotState.GROUND
    recent = heights[-recent_fixes:]
    recent = recent[recent != MISSING]
    if not len(recent):
        return PilotState.GROUND
    low, high = np.percentile(recent, [10, 90])
    if high - low > STILL_HEIGHT_M:
        return PilotState.FLYING
    highest = float(np.percentile(heights[heights != MISSING], _HIGHEST_PERCENTILE))
    has_come_down = highest - float(np.median(recent)) >= LANDED_BELOW_M
    return PilotState.LANDED if has_come_down else PilotState.GROUND


def _last(fixes: Fixes, span_ms: int) -> Fixes:
    """The fixes of the last `span_ms` before the last one, and some more where they come slowly."""
    start = int(np.searchsorted(fixes.time_ms, int(fixes.time_ms[-1]) - span_ms))
    return fixes.select(slice(max(0, min(start, len(fixes) - 1 - _FEWEST_STEPS)), len(fixes)))


def _heights(fixes: Fixes) -> npt.NDArray[np.int32] | None:
    return fixes.pressure_alt_m if fixes.gnss_alt_m is None else fixes.gnss_alt_m


def _interval_s(fixes: Fixes) -> float:
    """The source's own reporting interval: the median of the last ones."""
    steps_ms = np.diff(fixes.time_ms[-_INTERVAL_FIXES:])
    return float(np.median(steps_ms)) / 1000 if len(steps_ms) else 0.0


def _median_speed(fixes: Fixes) -> float | None:
    """m/s over the ground, median of the steps between fixes; None for a single fix."""
    if len(fixes) < 2:
        return None
    seconds = np.diff(fixes.time_ms) / 1000
    north = np.diff(fixes.lat_e7.astype(np.int64))
    east = np.diff(fixes.lon_e7.astype(np.int64)) * np.cos(np.radians(fixes.lat_deg[1:]))
    metres = np.hypot(north, east) * (METRES_PER_DEGREE / DEGREE_E7)
    return float(np.median(metres / seconds))
