"""Points as MessagePack writes them, each in as many bytes, to the values of every key.

The first point says where the values stand. It is a guess until every other byte of every point
(keys, types, lengths) is seen to be the first one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from racecontrol.domain.iso_digits import ISO_SECONDS
from racecontrol.domain.points_fields import KNOWN_KEYS, TIME_KEYS, Texts, Values

_NUMBERS: Final = {
    0xCA: ">f4",
    0xCB: ">f8",
    0xCC: ">u1",
    0xCD: ">u2",
    0xCE: ">u4",
    0xCF: ">u8",
    0xD0: ">i1",
    0xD1: ">i2",
    0xD2: ">i4",
    0xD3: ">i8",
}
"""Tags of numbers that have bytes of their own. The smallest ones are a tag."""

_SHORT_TEXTS: Final = range(0xA1, 0xC0)
_LONGER_TEXT: Final = 0xD9
_NULL: Final = 0xC0
_ONE_BYTE: Final = frozenset([*range(0x80), *range(0xE0, 0x100), _NULL, 0xC2, 0xC3, 0xA0])
"""Tags that are the whole value: small integers, null, false, true and the empty text."""

_END: Final = b"\xc1\xc1"
"""A tag that MessagePack never uses."""

_MOST_KEYS: Final = 15
_LONGEST_KEY: Final = 31
"""Of a map, and of a text in it, whose head is one byte."""


class Rows(NamedTuple):
    """`start` bytes, then `lists` times `head` bytes and `length` points of `size` bytes.

    Reading overwrites them.
    """

    written: bytearray
    size: int
    length: int
    lists: int = 1
    head: int = 0
    start: int = 0

    @property
    def first(self) -> int:
        """Where the first point stands."""
        return self.start + self.head

    def points(self, layout: np.dtype[np.void]) -> npt.NDArray[np.void]:
        """The points where they are, a row a list."""
        steps = self.head + self.length * self.size, self.size
        return np.ndarray((self.lists, self.length), layout, self.written, self.first, steps)

    def are_alike(self) -> bool:
        """Whether every list and point is written as the first."""
        start, head = bytes(self.written[: self.start]), bytes(self.written[self.start : self.first])
        point = bytes(self.written[self.first : self.first + self.size])
        return self.written == _repeated(start, head, point, self.length, self.lists)


@lru_cache(maxsize=4)
def _repeated(start: bytes, head: bytes, point: bytes, length: int, lists: int) -> bytes:
    """So many lists of so many points. Kept, since many blocks are alike but for their values."""
    return start + (head + point * length) * lists


def values_of_rows(rows: Rows, keys: Iterable[str]) -> dict[str, Values] | None:
    """The known keys' values: numbers as float64, NaN for null, and texts.

    keys: of the first point, in its order.
    None where the points are not written alike, or a value is of another type.
    """
    first = bytes(rows.written[rows.first : rows.first + rows.size])
    places = _places_in(first + _END, tuple(keys))
    # Points of several sizes may take as many bytes as the same number of equal ones.
    if places is None or places[-1].end != rows.size:
        return None
    points = rows.points(_layout(places, rows.size))
    values = {place.key: _values_at(points, place) for place in places if place.key in KNOWN_KEYS}
    for place in places:
        if place.form:
            points[place.key] = b"" if place.form[0] == "V" else 0
    # With no value left in them, any difference is in a key, a type or a length.
    return values if rows.are_alike() else None


class _Place(NamedTuple):
    """Where a value's own bytes begin and end. form: NumPy's name for them; "" where it has none."""

    key: str
    form: str
    start: int
    end: int


def _places_in(row: bytes, keys: tuple[str, ...]) -> list[_Place] | None:
    if not 0 < len(keys) <= _MOST_KEYS:
        return None
    places: list[_Place] = []
    at = 1
    for key in keys:
        if type(key) is not str or len(name := key.encode()) > _LONGEST_KEY:
            return None
        at += 1 + len(name)
        # Where points differ in size, this is not one row, and ends anywhere.
        place = _place_at(row, at, key) if at < len(row) else None
        if place is None or (key in KNOWN_KEYS and _is_doubtful(row, place)):
            return None
        places.append(place)
        at = place.end
    return places


def _place_at(row: bytes, at: int, key: str) -> _Place | None:
    """The place of the value whose tag stands at `at`; None for a list, a map, and what is as rare."""
    tag = row[at]
    if tag in _NUMBERS:
        return _Place(key, _NUMBERS[tag], at + 1, at + 1 + int(_NUMBERS[tag][-1]))
    if tag in _SHORT_TEXTS:
        width = tag - 0xA0
        return _Place(key, f"V{width}", at + 1, at + 1 + width)
    if tag == _LONGER_TEXT:
        return _Place(key, f"V{row[at + 1]}", at + 2, at + 2 + row[at + 1])
    return _Place(key, "", at + 1, at + 1) if tag in _ONE_BYTE else None


def _is_doubtful(row: bytes, place: _Place) -> bool:
    """Whether another type may be written as this value is, or no column can be made of it."""
    if not place.form:
        return row[place.start - 1] != _NULL
    # A naive datetime is written as text without a zone, and is to be refused.
    text = row[place.start : place.end]
    return place.key in TIME_KEYS and place.form[0] == "V" and not text[ISO_SECONDS:].strip(b".0123456789")


def _layout(places: list[_Place], size: int) -> np.dtype[np.void]:
    with_bytes = [place for place in places if place.form]
    return np.dtype(
        {
            "names": [place.key for place in with_bytes],
            "formats": [place.form for place in with_bytes],
            "offsets": [place.start for place in with_bytes],
            "itemsize": size,
        }
    )


def _values_at(points: npt.NDArray[np.void], place: _Place) -> Values:
    """A copy of one key's values."""
    if not place.form:
        return np.full(points.size, np.nan)
    column = points[place.key]
    if place.form[0] == "V":
        return Texts(column.copy().view(np.uint8).reshape(points.size, -1))
    return column.astype(np.float64).ravel()
