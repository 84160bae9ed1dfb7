"""Cells of a table as places in its bytes, and those bytes eight at a time.

A cell is read without being cut out: a million short texts cost more to make than to read. Words are as
`domain.iso_digits` has them, whatever the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from racecontrol.domain.iso_digits import Words
from racecontrol.formats.source import decode_text

Bytes: TypeAlias = npt.NDArray[np.uint8]
Places: TypeAlias = npt.NDArray[np.intp]

_Integers = TypeVar("_Integers", Words, Places)

WORD: Final = 8
"""Bytes of one."""

MARGIN: Final = 13 * WORD
"""Bytes that must stand before the first cell and after the last: any cell may be read this far beyond."""

ZEROS: Final = np.uint64(0x3030303030303030)
"""Eight characters "0": a digit without them is its value."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One column. text: holds all of them, with MARGIN around. starts, ends: of each row's cell in it."""

    text: Bytes
    starts: Places
    ends: Places

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, row: int) -> str:
        """The text of one."""
        return decode_text(self.text[self.starts[row] : self.ends[row]].tobytes())

    def select(self, rows: Places | npt.NDArray[np.bool_]) -> Cells:
        """The cells of these rows."""
        return Cells(self.text, self.starts[rows], self.ends[rows])

    def widths(self) -> Places:
        """Bytes of each."""
        return self.ends - self.starts

    def words(self, count: int) -> Words:
        """The first bytes of each as `count` words, a row a cell. What follows a cell is in them, too."""
        return words_at(self.text, self.starts, count)


def words_at(text: Bytes, places: Places, count: int) -> Words:
    """`count` words from each of these places on, a row a place."""
    # Sixteen bytes and more are copied as they are. One word would be taken for a number out of line,
    # at twice the time of two.
    size = max(2, count) * WORD
    windows = np.ndarray((len(text) - size + 1,), f"V{size}", text, strides=(1,))
    words: Words = windows[places].view("<u8").reshape(len(places), size // WORD)
    return words[:, :count]


def masked(words: Words, widths: Places) -> Words:
    """The words with zeros for what follows a cell of that width."""
    columns = np.arange(words.shape[1]) * WORD
    kept = _FIRST_BYTES[np.clip(widths[:, None] - columns, 0, WORD)]
    own: Words = words & kept
    return own


def are_digits(digits: Words) -> npt.NDArray[np.bool_]:
    """Whether all eight bytes of a word, less ZEROS, are 0 to 9."""
    are_all: npt.NDArray[np.bool_] = ((digits + _SIX) | digits) & _HIGH_NIBBLES == 0
    return are_all


def alike(values: _Integers) -> _Integers:
    """The first value alone where all are equal: what is made of it then costs nothing, and broadcasts."""
    return values[:1] if len(values) and (values == values[0]).all() else values


_FIRST_BYTES: Final = np.array([(1 << 8 * kept) - 1 for kept in range(WORD + 1)], np.uint64)
"""Masks of so many of a word's bytes."""

_SIX: Final = np.uint64(0x0606060606060606)
_HIGH_NIBBLES: Final = np.uint64(0xF0F0F0F0F0F0F0F0)
