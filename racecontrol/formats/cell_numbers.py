"""Cells to numbers, a column at a time: digits by arithmetic on whole words, anything odd one by one.

    45.8324117 ─► …45.8324117 (the last 16 bytes) ─► 0…0458324117, 7 decimals ─► 458324117 / 10^7

Both numbers are exact and one division rounds once, so the value is `float(text)` to the last bit.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from racecontrol.domain.iso_digits import Words
from racecontrol.formats.cells import WORD, ZEROS, Cells, Places, alike, are_digits, words_at

_WINDOW: Final = 2 * WORD
_MOST_DIGITS: Final = 15
"""Of an integer that a float64 holds exactly, whatever the digits."""

_MINUS, _PLUS, _POINT = ord("-"), ord("+"), ord(".")
_POINTS: Final = np.uint64(0x0101010101010101 * (_POINT ^ ord("0")))
_ONES: Final = np.uint64(0x0101010101010101)
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_BYTE: Final = np.uint64(0xFF)
_POWERS: Final = 10.0 ** np.arange(23)
"""Powers of ten that a float64 holds exactly."""

_LAST_BYTES: Final = np.array(
    [(1 << 64) - (1 << 8 * (WORD - kept)) for kept in range(WORD + 1)],
    np.uint64,
)
"""Masks of so many of a word's last bytes."""


class Numbers(NamedTuple):
    """A column's values: NaN where a cell is blank. is_odd: of cells that are no number, NaN as well."""

    values: npt.NDArray[np.float64]
    is_odd: npt.NDArray[np.bool_]


def numbers_of(cells: Cells) -> Numbers:
    """Every cell's number, as `float` reads it."""
    widths = cells.widths()
    is_odd = np.zeros(len(cells), np.bool_)
    if len(cells) == 0:
        return Numbers(np.empty(0), is_odd)
    starts, is_negative = _without_signs(cells, widths)
    values, is_plain = _decimals(cells, cells.ends - starts)
    if is_negative.any():
        np.negative(values, out=values, where=is_negative)
    if not is_plain.all():
        values[widths == 0] = np.nan
        for row in np.flatnonzero(~is_plain & (widths > 0)).tolist():
            values[row], is_odd[row] = _one(cells.at(row))
    return Numbers(values, is_odd)


def _one(text: str) -> tuple[float, bool]:
    if not text.strip():
        return np.nan, False
    try:
        return float(text), False
    except ValueError:
        return np.nan, True


def _without_signs(cells: Cells, widths: Places) -> tuple[Places, npt.NDArray[np.bool_]]:
    """Where the digits start, and which cells have a minus before them."""
    first = cells.text[cells.starts]
    has_sign = first < _POINT
    if not has_sign.any():
        return cells.starts, has_sign
    is_negative = (first == _MINUS) & (widths > 0)
    return cells.starts + (is_negative | ((first == _PLUS) & (widths > 0))), is_negative


def _decimals(cells: Cells, widths: Places) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Unsigned decimal numbers of these widths, and which of the cells are such."""
    words = words_at(cells.text, cells.ends - _WINDOW, 2)
    widths = alike(widths)
    right = _Digits.of(words[:, 1], widths)
    if int(widths.max()) <= WORD:
        is_plain = right.are_sound & (widths > right.has_point)
        return _value(right.digits) / _POWERS[right.decimals], is_plain
    left = _Digits.of(words[:, 0], widths - WORD)
    count = widths - right.has_point - left.has_point
    is_plain = right.are_sound & left.are_sound
    is_plain &= (right.has_point + left.has_point < 2) & (widths <= _WINDOW)
    is_plain &= (count > 0) & (count <= _MOST_DIGITS)
    # With a point among them, the last eight characters are seven digits.
    mantissa = _value(left.digits) * _POWERS[WORD - right.has_point] + _value(right.digits)
    return mantissa / _POWERS[right.decimals + left.decimals + WORD * left.has_point], is_plain


class _Digits(NamedTuple):
    """Eight characters as digits, closed up over the point. decimals: after it. All as `alike` gives it."""

    digits: Words
    has_point: Places
    decimals: Places
    are_sound: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, word: Words, widths: Places) -> _Digits:
        """Read the last `widths` characters of the words."""
        digits = (word ^ ZEROS) & _LAST_BYTES[np.clip(widths, 0, WORD)]
        other = digits ^ _POINTS
        # The high bit of every byte that is a point; where none is, what follows leaves the word as it is.
        point = alike(((other - _ONES) & ~other & _HIGH_BITS) >> np.uint64(7))
        has_point = (point != 0).astype(np.intp)
        if not has_point.any():
            return cls(digits, has_point, has_point, are_digits(digits))
        before = point - np.uint64(1)
        shift = (8 * has_point).astype(np.uint64)
        closed = ((digits & before) << shift) | (digits & ~(before | point * _BYTE))
        decimals = (WORD - 1 - (np.bitwise_count(before) >> 3).astype(np.intp)) * has_point
        has_one_at_most = point & before == 0
        return cls(closed, has_point, decimals, are_digits(closed) & has_one_at_most)


def _value(digits: Words) -> npt.NDArray[np.float64]:
    """The number that eight digits are: pairs, then fours, then all of them."""
    pairs = (digits * np.uint64(10 << 8 | 1)) >> np.uint64(8) & np.uint64(0x00FF00FF00FF00FF)
    fours = (pairs * np.uint64(100 << 16 | 1)) >> np.uint64(16) & np.uint64(0x0000FFFF0000FFFF)
    return ((fours * np.uint64(10_000 << 32 | 1)) >> np.uint64(32)).astype(np.float64)
