"""The delta body: each column as its first value and its narrowed differences: docs/codec.md, "Delta".

Second differences, a split into byte planes and the thousandth-of-a-minute grid of IGC
were measured too: none saves 0.4 bytes a point once zstd has had its turn.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np

from racecontrol.domain.fixes import MISSING, Fixes, Flight, Int32Column, Int64Column
from racecontrol.errors import PayloadError
from racecontrol.queues.codec_header import Header, optional_columns, placed, present_of

_COLUMN: Final = struct.Struct("<BBxxiq")
_DTYPES: Final = {1: "<i1", 2: "<i2", 4: "<i4", 8: "<i8"}
_ALIGNMENT: Final = 8
_LOWEST, _HIGHEST = -(2**31), 2**31 - 1

Column = Int64Column | Int32Column


@dataclass(frozen=True, slots=True)
class _Section:
    """How one column is written. width: bytes a difference; 0 where all of them are `step`."""

    width: int
    has_gaps: bool
    step: int
    first: int


def body_of(fixes: Fixes, first_ms: int) -> tuple[int, bytes]:
    """Which optional columns there are, and the body, not yet compressed."""
    present, optional = present_of(optional_columns(fixes))
    columns: list[Column] = [fixes.time_ms - first_ms, fixes.lat_e7, fixes.lon_e7, *optional]
    sections, bodies = zip(*map(_section_of, columns), strict=True)
    return present, b"".join((*sections, *bodies))


def _section_of(column: Column) -> tuple[bytes, bytes]:
    gaps = b""
    if column.dtype == np.int32 and len(column) and column.min() == MISSING:
        is_there = column != MISSING
        gaps = _padded(np.packbits(is_there, bitorder="little").tobytes())
        column = column[is_there]
    first = int(column[0]) if len(column) else 0
    # Differences wrap around at the column's own width, and so do the sums that undo them.
    steps = column[1:] - column[:-1]
    width, step = _width_of(steps)
    body = _padded(steps.astype(_DTYPES[width]).tobytes()) if width else b""
    return _COLUMN.pack(width, bool(gaps), step, first), gaps + body


def _width_of(steps: Column) -> tuple[int, int]:
    """The bytes that the differences need, and the step where they are all one."""
    if len(steps) == 0:
        return 0, 0
    low, high = int(steps.min()), int(steps.max())
    if low == high and _LOWEST <= low <= _HIGHEST:
        return 0, low
    for width in (1, 2, 4):
        limit = 1 << (8 * width - 1)
        if -limit <= low and high < limit:
            return width, 0
    return 8, 0


def _padded(body: bytes) -> bytes:
    return body + bytes(-len(body) % _ALIGNMENT)


def longest_body(header: Header) -> int:
    """Bytes that no body of so many points and columns exceeds."""
    columns = 3 + header.columns.bit_count()
    return columns * (_COLUMN.size + 2 * _ALIGNMENT + header.points * 9)


def fixes_of(header: Header, flight: Flight, body: bytes) -> Fixes:
    """The fixes of a delta body.

    Raises: PayloadError where the body does not hold what its sections announce.
    """
    count = 3 + header.columns.bit_count()
    if len(body) < count * _COLUMN.size:
        raise PayloadError(f"torn: {len(body)} bytes are less than {count} section headers")
    reader = _Reader(body, header.points, count * _COLUMN.size)
    sections = [_Section(*_COLUMN.unpack_from(body, index * _COLUMN.size)) for index in range(count)]
    time_ms = reader.time_column(sections[0]) + header.first_ms
    lat_e7, lon_e7, *optional = (reader.int32_column(section) for section in sections[1:])
    if reader.at != len(body):
        raise PayloadError(f"torn: the sections end at byte {reader.at} of {len(body)}")
    return Fixes(flight, time_ms, lat_e7, lon_e7, *placed(header.columns, optional))


class _Reader:
    """Walks over the sections of a body; `at` is the next byte."""

    def __init__(self, body: bytes, points: int, at: int) -> None:
        self.body = body
        self.points = points
        self.at = at

    def time_column(self, section: _Section) -> Int64Column:
        values = np.empty(self.points, np.int64)
        self._sum_up(section, values)
        return values

    def int32_column(self, section: _Section) -> Int32Column:
        if not section.has_gaps:
            values = np.empty(self.points, np.int32)
            self._sum_up(section, values)
            return values
        bits = np.frombuffer(self._take((self.points + 7) // 8), np.uint8)
        is_there = np.unpackbits(bits, count=self.points, bitorder="little").view(np.bool_)
        values = np.empty(np.count_nonzero(is_there), np.int32)
        self._sum_up(section, values)
        column = np.full(self.points, MISSING, np.int32)
        column[is_there] = values
        return column

    def _sum_up(self, section: _Section, values: Column) -> None:
        """Fill `values` from the section's first value and differences."""
        if section.width not in (0, *_DTYPES) or section.width > values.itemsize:
            raise PayloadError(f"differences of {section.width} bytes in a column of {values.itemsize}")
        if len(values) == 0:
            return
        if values.itemsize == 4 and not _LOWEST <= section.first <= _HIGHEST:
            raise PayloadError(f"a column starts at {section.first}")
        values[0] = section.first
        if section.width == 0:
            values[1:] = section.step
        else:
            steps = self._take((len(values) - 1) * section.width)
            values[1:] = np.frombuffer(steps, _DTYPES[section.width])
        np.add.accumulate(values, out=values)

    def _take(self, size: int) -> memoryview:
        """The next `size` bytes; steps over the zeros that fill them up to the next section."""
        start, end = self.at, self.at + size
        if end > len(self.body):
            raise PayloadError(f"torn: a section ends at byte {end} of {len(self.body)}")
        self.at = end + -size % _ALIGNMENT
        return memoryview(self.body)[start:end]
