"""Points as MessagePack writes them, each in as many bytes, to the values of every key.

The first point says where the values stand. It is a guess until every other byte of every point
(keys, types, lengths) is seen to be the first one's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

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

_ISO_SECONDS: Final = 19
"""Characters of 2026-05-26T11:40:00."""


def values_of_rows(rows: bytearray, size: int, keys: Iterable[str]) -> dict[str, Values] | None:
    """The known keys' values: numbers as float64, NaN for null, and texts.

    rows: points of `size` bytes each; overwritten. keys: of the first, in its order.
    None where the points are not written alike, or a value is of another type.
    """
    places = _places_in(bytes(rows[:size]) + _END, tuple(keys))
    # Points of several sizes may take as many bytes as the same number of equal ones.
    if places is None or places[-1].end != size:
        return None
    points = np.frombuffer(rows, _layout(places, size))
    values = {place.key: _values_at(points, place) for place in places if place.key in KNOWN_KEYS}
    for place in places:
        if place.form:
            points[place.key] = points[place.key][0]
    # With the first one's values in all of them, any difference left is in a key, a type or a length.
    return values if rows == rows[:size] * len(points) else None


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
    return place.key in TIME_KEYS and place.form[0] == "V" and not text[_ISO_SECONDS:].strip(b".0123456789")


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
        return np.full(len(points), np.nan)
    column = points[place.key]
    if place.form[0] == "V":
        return Texts(np.ascontiguousarray(column).view(np.uint8).reshape(len(points), -1))
    return column.astype(np.float64)
