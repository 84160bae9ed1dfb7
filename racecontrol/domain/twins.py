"""Twin trackers: two pilots' trackers that move as one, so both are in one bag, or in one car."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Fixes

TWIN_SPAN_MS: Final = 600_000
"""How long two trackers have to stay together."""

TWIN_DISTANCE_M: Final = 30.0
"""Two real ones in one bag stayed within 23 m of each other for 25 min."""

TWIN_JOURNEY_M: Final = 300.0
"""How far they have to get meanwhile: on take-off a hundred pilots stand within 30 m of each other."""

_STEP_MS: Final = 15_000
_LONGEST_GAP_MS: Final = 60_000
"""Between two fixes with more between them nobody knows where a pilot was."""

_FEWEST_KNOWN: Final = 0.8
_FEWEST_NEAR: Final = 0.95
"""Shares of the moments: a packet may be lost, and one fix in some hundred lies far off."""

METRES_PER_DEGREE: Final = 111_195.0
"""Of latitude, on a sphere; its error of 0.3 % moves no threshold here."""

_Places = npt.NDArray[np.float64]


def find_twins(tracks: Mapping[str, Fixes], now_ms: int) -> dict[str, str]:
    """Each pilot who has a twin at `now_ms`, with the twin nearest by.

    Cost: O(pilots²) in blocks of pilots × 41 moments; 150 pilots take some 10 ms.
    """
    moments_ms = np.arange(now_ms - TWIN_SPAN_MS, now_ms + 1, _STEP_MS)
    bibs = [bib for bib, fixes in tracks.items() if len(fixes)]
    if len(bibs) < 2:
        return {}
    places = np.stack([_places(tracks[bib], moments_ms) for bib in bibs])
    is_known = ~np.isnan(places[:, :, 0])
    travels = [_has_travelled(place) for place in places]
    twins: dict[str, str] = {}
    for at, bib in enumerate(bibs):
        if not travels[at]:
            continue
        apart_m = _distances_m(places, places[at])
        both = (is_known & is_known[at]).sum(axis=1)
        near = (apart_m <= TWIN_DISTANCE_M).sum(axis=1)
        is_twin = (both >= _FEWEST_KNOWN * len(moments_ms)) & (near >= _FEWEST_NEAR * both)
        is_twin[at] = False
        if is_twin.any():
            candidates = np.flatnonzero(is_twin)
            nearest = candidates[np.argmin([np.nanmean(apart_m[one]) for one in candidates])]
            twins[bib] = bibs[nearest]
    return twins


def _places(fixes: Fixes, moments_ms: npt.NDArray[np.int64]) -> _Places:
    """Latitude and longitude in degrees at the moments, between the fixes around each; NaN where unknown."""
    after = np.searchsorted(fixes.time_ms, moments_ms)
    has_both = (after > 0) & (after < len(fixes))
    after = np.clip(after, 1, max(1, len(fixes) - 1))
    before = after - 1
    if len(fixes) < 2:
        return np.full((len(moments_ms), 2), np.nan)
    span_ms = fixes.time_ms[after] - fixes.time_ms[before]
    share = (moments_ms - fixes.time_ms[before]) / span_ms
    is_unknown = ~has_both | (span_ms > _LONGEST_GAP_MS)
    columns = []
    for position_e7 in (fixes.lat_e7, fixes.lon_e7):
        here, there = position_e7[before].astype(np.float64), position_e7[after].astype(np.float64)
        columns.append(np.where(is_unknown, np.nan, (here + share * (there - here)) / 1e7))
    return np.stack(columns, axis=1)


def _has_travelled(place: _Places) -> bool:
    known = place[~np.isnan(place[:, 0])]
    return len(known) > 1 and bool(_distances_m(known, known[:1]).max() >= TWIN_JOURNEY_M)


def _distances_m(places: _Places, others: _Places) -> npt.NDArray[np.float64]:
    """Metres between places near each other, on a plane."""
    offset = places - others
    east = (offset[..., 1] + 180) % 360 - 180
    narrowing = np.cos(np.radians(others[..., 0]))
    apart: npt.NDArray[np.float64] = METRES_PER_DEGREE * np.hypot(offset[..., 0], east * narrowing)
    return apart
