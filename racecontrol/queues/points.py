"""Lists of dicts, as the system replaced took them, to `Fixes`. Only the public edge knows this form.

A point has `lat` and `lon` in degrees and one time: `datetime` or `date_time` (ISO 8601 text or
an aware datetime), `timestamp` (the same, or unix seconds) or `timestamp_ms` (unix ms). It may
have `elevation` or `gps_alt` (metres above the ellipsoid), `barometric_altitude` (metres),
`speed` (km/h, as Flymaster sends it) and `heading` (degrees). Other keys are ignored.

Points need not be in order; of those with one time the first in the list stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from racecontrol.domain.fixes import MISSING, OPTIONAL_COLUMNS, Fixes, Flight
from racecontrol.errors import BadItem
from racecontrol.queues.codec import encode
from racecontrol.queues.points_columns import columns_of
from racecontrol.queues.points_fields import Columns
from racecontrol.queues.points_one import read_points

Point = Mapping[str, object]


def points_to_fixes(points: Sequence[Point], flight: Flight) -> Fixes:
    """The points as one flight's fixes, sorted, no time twice: `len(points) - len(fixes)` were dropped.

    Raises: BadItem naming the point (from 0) and the field that is missing or impossible.
    """
    columns = columns_of(points) or read_points(points)
    return _in_order(columns.fixes(flight, slice(None)))


def encode_points(points: Sequence[Point], flight: Flight) -> bytes:
    """`encode(points_to_fixes(points, flight))`."""
    return encode(points_to_fixes(points, flight))


def items_to_fixes(items: Sequence[tuple[Flight, Sequence[Point]]]) -> list[Fixes]:
    """`points_to_fixes` of many small items, in one pass over all of them.

    Raises: BadItem naming the item, the point and the field. Cost: half of one by one at 50
    points an item, a tenth at 1.
    """
    columns = columns_of(list(chain.from_iterable(points for _, points in items)))
    if columns is None:
        return [_one_of_many(index, points, flight) for index, (flight, points) in enumerate(items)]
    fixes = []
    start = 0
    for flight, points in items:
        end = start + len(points)
        fixes.append(_in_order(columns.fixes(flight, slice(start, end))))
        start = end
    return [_without_empty_columns(part) for part in fixes] if _has_gaps(columns) else fixes


def _one_of_many(index: int, points: Sequence[Point], flight: Flight) -> Fixes:
    try:
        return points_to_fixes(points, flight)
    except BadItem as exc:
        raise BadItem(f"item {index}: {exc.what}", advice=exc.advice) from exc


def _has_gaps(columns: Columns) -> bool:
    return any(column is not None and MISSING in column for column in columns.optional)


def _without_empty_columns(fixes: Fixes) -> Fixes:
    """A column may be there for the sake of other items; in this one it may hold nothing."""
    optional = (getattr(fixes, name) for name in OPTIONAL_COLUMNS)
    kept = (None if column is None or (column == MISSING).all() else column for column in optional)
    return Fixes(fixes.flight, fixes.time_ms, fixes.lat_e7, fixes.lon_e7, *kept)


def _in_order(fixes: Fixes) -> Fixes:
    steps_ms = np.diff(fixes.time_ms)
    if len(steps_ms) == 0 or steps_ms.min() > 0:
        return fixes
    # A stable sort keeps the first of equal times first; np.unique gives the index of that one.
    _, firsts = np.unique(fixes.time_ms, return_index=True)
    return fixes.select(firsts)
