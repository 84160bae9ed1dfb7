"""`FewFixes`: what a single report of a tracker holds, as plain numbers; and the quick way to read it.

NumPy takes a microsecond a call, whatever there is to do: for a handful of points Python is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final

import msgspec
import numpy as np

from racecontrol.domain.fixes import MISSING, Fixes, Flight, Int32Column
from racecontrol.domain.points_fields import FULL_CIRCLE_DEG, LAT, LON, OPTIONAL, TIME_KEYS, Field
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS, time_ms_of

FEW_FIXES: Final = 20
"""Up to which this is the faster reader."""


class FewFixes(msgspec.Struct, frozen=True, gc=False):
    """The columns of `Fixes`, in the same units and order of time; of no flight. At least one fix.

    optional: in the order of OPTIONAL_COLUMNS, None where no fix has the value.
    """

    time_ms: list[int]
    lat_e7: list[int]
    lon_e7: list[int]
    optional: list[list[int] | None]

    def __len__(self) -> int:
        return len(self.time_ms)

    def of_flight(self, flight: Flight) -> Fixes:
        """The same as `Fixes`."""
        return Fixes(
            flight,
            np.array(self.time_ms, np.int64),
            np.array(self.lat_e7, np.int32),
            np.array(self.lon_e7, np.int32),
            *map(_column, self.optional),
        )


def few_fixes(points: Sequence[msgspec.Struct]) -> FewFixes | None:
    """One or more points of one class, typed by msgspec and in order of time.

    None where they are not in order, or one may be impossible: `points_one` then says which, and why.
    Cost: 2 µs, and 1.2 a point.
    """
    get = _values_of(type(points[0]))
    if get is None:
        return None
    if len(points) == 1:
        return _single(*get(points[0]))
    texts, lats, lons, *optional = zip(*map(get, points), strict=True)
    try:
        time_ms = [time_ms_of(text) for text in texts]
    except ValueError:
        return None
    if not _are_in_order(time_ms) or _are_beyond(lats, LAT) or _are_beyond(lons, LON):
        return None
    lat_e7 = [round(degrees * LAT.scale) for degrees in lats]
    lon_e7 = [round(degrees * LON.scale) for degrees in lons]
    nothing = (None,) * len(points)
    columns = [
        None if values == nothing else _stored(values, field)
        for values, field in zip(optional, OPTIONAL, strict=True)
    ]
    return FewFixes(time_ms, lat_e7, lon_e7, columns)


def _single(text: str, lat: float, lon: float, *optional: float | None) -> FewFixes | None:
    """`few_fixes` of one point: what nearly every live body holds."""
    try:
        time_ms = time_ms_of(text)
    except ValueError:
        return None
    is_possible = LAT.low <= lat <= LAT.high and LON.low <= lon <= LON.high
    if not is_possible or not EARLIEST_MS <= time_ms < LATEST_MS:
        return None
    columns = [
        None if value is None else _stored((value,), field)
        for value, field in zip(optional, OPTIONAL, strict=True)
    ]
    return FewFixes([time_ms], [round(lat * LAT.scale)], [round(lon * LON.scale)], columns)


@cache
def _values_of(kind: type[msgspec.Struct]) -> Callable[[msgspec.Struct], tuple[Any, ...]] | None:
    """What gives a point's time, position and optional values; None for points that lack one as a field."""
    fields = kind.__struct_fields__
    keys = [
        [key for key in known if key in fields]
        for known in (TIME_KEYS, *(field.keys for field in (LAT, LON, *OPTIONAL)))
    ]
    return attrgetter(*(key for (key,) in keys)) if all(len(one) == 1 for one in keys) else None


def _are_in_order(time_ms: Sequence[int]) -> bool:
    is_rising = len(time_ms) == 1 or all(map(int.__lt__, time_ms, time_ms[1:]))
    return is_rising and time_ms[0] >= EARLIEST_MS and time_ms[-1] < LATEST_MS


def _are_beyond(degrees: Sequence[float], field: Field) -> bool:
    return min(degrees) < field.low or max(degrees) > field.high


def _stored(values: Sequence[float | None], field: Field) -> list[int] | None:
    """In stored units; None where none of them can be."""
    low, high, scale = field.low, field.high, field.scale
    stored = [
        MISSING if value is None or not low <= value <= high else round(value * scale) for value in values
    ]
    if high == FULL_CIRCLE_DEG:
        stored = [0 if value == FULL_CIRCLE_DEG else value for value in stored]
    return None if stored.count(MISSING) == len(stored) else stored


def _column(values: list[int] | None) -> Int32Column | None:
    return None if values is None else np.array(values, np.int32)
