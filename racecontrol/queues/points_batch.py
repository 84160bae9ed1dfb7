"""Many items of dict points at once: what is small is read with others, and encoded when it is asked for.

One by one, an item costs 30 microseconds before its first point is read; together, 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, Final, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import MISSING, Fixes, Flight
from racecontrol.domain.points_alike import read_alike
from racecontrol.domain.points_columns import columns_of, columns_of_values
from racecontrol.domain.points_fields import Columns
from racecontrol.errors import BadItem
from racecontrol.queues.codec import BULK_POINTS
from racecontrol.queues.codec_header import PLAIN, Header, pack, present_of
from racecontrol.queues.codec_plain import OFFSET_LIMIT_MS
from racecontrol.queues.points import Point, points_to_fixes

Item: TypeAlias = tuple[Flight, Sequence[Point]]

_BLOCK_POINTS: Final = 8_000
"""Points read in one pass: with 2,000 the passes are too many (12 %), with 16,000 its buffers are fresh
pages each time (40 %)."""


class PlainRows(msgspec.Struct, frozen=True, gc=False):
    """An item that will be of the plain kind. rows: the int32 columns of several, [start:end] its own."""

    flight: Flight
    present: int
    first_ms: int
    rows: npt.NDArray[Any]
    start: int
    end: int

    @property
    def points(self) -> int:
        return self.end - self.start

    def payload(self) -> bytes:
        """What `encode` gives for its fixes."""
        header = Header(PLAIN, self.present, self.points, self.first_ms)
        return pack(header, self.flight, self.rows[:, self.start : self.end].tobytes())


Part: TypeAlias = PlainRows | Fixes


def read_items(items: Sequence[Item]) -> list[Part]:
    """Each item's fixes: as rows where it is small, well-formed, complete and in order.

    Raises: BadItem naming the item, the point (both from 0) and the field.
    """
    parts: list[Part] = []
    scratch = bytearray()
    for block in _blocks(items):
        together = _together(block, scratch)
        parts += [rows or _alone(len(parts) + at, block[at]) for at, rows in enumerate(together)]
    return parts


def _blocks(items: Sequence[Item]) -> Iterator[list[Item]]:
    """The items in runs of at most _BLOCK_POINTS, save for a single larger one."""
    block: list[Item] = []
    count = 0
    for item in items:
        if block and count + len(item[1]) > _BLOCK_POINTS:
            yield block
            block, count = [], 0
        block.append(item)
        count += len(item[1])
    if block:
        yield block


def _alone(index: int, item: Item) -> Fixes:
    flight, points = item
    try:
        return points_to_fixes(points, flight)
    except BadItem as exc:
        raise BadItem(f"item {index}: {exc.what}", advice=exc.advice) from exc


def _together(block: Sequence[Item], scratch: bytearray) -> list[PlainRows | None]:
    """Each item's rows, None for one that cannot be read with others."""
    rows: list[PlainRows | None] = [None] * len(block)
    small = [place for place, (_, points) in enumerate(block) if 0 < len(points) < BULK_POINTS]
    for group, by_key in read_alike([block[place][1] for place in small], scratch):
        _put(rows, block, [small[at] for at in group], columns_of_values(by_key))
    left = [place for place in small if rows[place] is None]
    if left:
        points = list(chain.from_iterable(block[place][1] for place in left))
        _put(rows, block, left, columns_of(points))
    return rows


def _put(
    rows: list[PlainRows | None], block: Sequence[Item], places: Sequence[int], columns: Columns | None
) -> None:
    """Put in the rows of the items at `places`, whose points the columns are: all, unless one has a gap."""
    if columns is None or any(column is not None and column.min() == MISSING for column in columns.optional):
        return
    lengths = [len(block[place][1]) for place in places]
    ends = list(accumulate(lengths))
    starts = [0, *ends[:-1]]
    first_ms = columns.time_ms[starts]
    offsets_ms = columns.time_ms - np.repeat(first_ms, lengths)
    is_later = np.diff(columns.time_ms) > 0
    is_later[np.array(ends[:-1], np.intp) - 1] = True
    if not is_later.all() or offsets_ms.max() >= OFFSET_LIMIT_MS:
        return
    present, optional = present_of(columns.optional)
    matrix = np.stack([offsets_ms.astype("<i4"), columns.lat_e7, columns.lon_e7, *optional])
    for place, start, end, first in zip(places, starts, ends, first_ms.tolist(), strict=True):
        rows[place] = PlainRows(block[place][0], present, first, matrix, start, end)
