"""Lists of dicts, as the system replaced took them, to `Fixes`. Only the public edge knows this form.

A point has `lat` and `lon` in degrees and one time: `datetime` or `date_time` (ISO 8601 text or
an aware datetime), `timestamp` (the same, or unix seconds) or `timestamp_ms` (unix ms). It may
have `elevation` or `gps_alt` (metres above the ellipsoid), `barometric_altitude` (metres),
`speed` (km/h, as Flymaster sends it) and `heading` (degrees). Other keys are ignored.

Points need not be in order; of those with one time the first in the list stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, chain
from typing import Final

import numpy as np

from racecontrol.domain.fixes import MISSING, Fixes, Flight
from racecontrol.errors import BadItem
from racecontrol.queues.codec import encode
from racecontrol.queues.points_columns import columns_of
from racecontrol.queues.points_fields import Columns
from racecontrol.queues.points_one import read_points

Point = Mapping[str, object]

_FEW: Final = 4
"""Points up to which reading them one by one is faster than by columns."""

_BLOCK_POINTS: Final = 4_000
"""Points read in one pass: their dicts stay in the cache from one key to the next (20 % on 50,000)."""


def points_to_fixes(points: Sequence[Point], flight: Flight) -> Fixes:
    """The points as one flight's fixes, sorted, no time twice: `len(points) - len(fixes)` were dropped.

    Raises: BadItem naming the point (from 0) and the field that is missing or impossible.
    """
    columns = columns_of(points) if len(points) > _FEW else None
    return _in_order((columns or read_points(points)).of_flight(flight, slice(None)))


def encode_points(points: Sequence[Point], flight: Flight) -> bytes:
    """`encode(points_to_fixes(points, flight))`."""
    return encode(points_to_fixes(points, flight))


def items_to_fixes(items: Sequence[tuple[Flight, Sequence[Point]]]) -> list[Fixes]:
    """`points_to_fixes` of many items, in one pass over all of them where they are small.

    Raises: BadItem naming the item (from 0), the point and the field.
    """
    fixes: list[Fixes] = []
    for block in _blocks(items):
        columns = columns_of(list(chain.from_iterable(points for _, points in block)))
        together = None if columns is None else _split(block, columns)
        fixes += together or [
            _one_of_many(len(fixes) + index, points, flight) for index, (flight, points) in enumerate(block)
        ]
    return fixes


def _blocks(
    items: Sequence[tuple[Flight, Sequence[Point]]],
) -> Iterator[list[tuple[Flight, Sequence[Point]]]]:
    """The items in runs of at most _BLOCK_POINTS, save for a single larger one."""
    block: list[tuple[Flight, Sequence[Point]]] = []
    count = 0
    for item in items:
        if block and count + len(item[1]) > _BLOCK_POINTS:
            yield block
            block, count = [], 0
        block.append(item)
        count += len(item[1])
    if block:
        yield block


def _split(items: Sequence[tuple[Flight, Sequence[Point]]], columns: Columns) -> list[Fixes] | None:
    """Each item's rows of common columns, where they are in order and complete; else None."""
    if any(column is not None and column.min() == MISSING for column in columns.optional):
        return None
    ends = list(accumulate(len(points) for _, points in items))
    if min(len(points) for _, points in items) == 0:
        return None
    is_later = np.diff(columns.time_ms) > 0
    is_later[np.array(ends[:-1], np.intp) - 1] = True
    if not is_later.all():
        return None
    spans = zip(items, [0, *ends[:-1]], ends, strict=True)
    return [columns.of_flight(flight, slice(start, end)) for (flight, _), start, end in spans]


def _one_of_many(index: int, points: Sequence[Point], flight: Flight) -> Fixes:
    try:
        return points_to_fixes(points, flight)
    except BadItem as exc:
        raise BadItem(f"item {index}: {exc.what}", advice=exc.advice) from exc


def _in_order(fixes: Fixes) -> Fixes:
    steps_ms = np.diff(fixes.time_ms)
    if len(steps_ms) == 0 or steps_ms.min() > 0:
        return fixes
    # Of equal times np.unique gives the index of the first.
    _, firsts = np.unique(fixes.time_ms, return_index=True)
    return fixes.select(firsts)
