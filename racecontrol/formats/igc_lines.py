"""The lines of an IGC file as offsets into its bytes: no line becomes a Python object unless asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.errors import FormatError

LONGEST_RECORD: Final = 100
"""Bytes a reader may look at past a line's start: an I record can name columns up to 99."""

MOST_LINES: Final = 1_000_000
"""A day and a half at 5 Hz. Each line costs 16 bytes of offsets before anything is known of it."""

_LF: Final = 10
_CR: Final = 13

Offsets = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's lines. chars: its bytes and LONGEST_RECORD zeros. Line `row` is chars[starts[row]:ends[row]].

    letters: the first byte of each line, 0 for an empty one.
    """

    chars: npt.NDArray[np.uint8]
    starts: Offsets
    ends: Offsets
    letters: npt.NDArray[np.uint8]

    def rows_of(self, letter: str) -> Offsets:
        """The rows, counted from 0, of the records of this letter."""
        return np.flatnonzero(self.letters == ord(letter))

    def bytes_of(self, row: int, most: int = 400) -> bytes:
        """The first bytes of a line."""
        start = int(self.starts[row])
        return self.chars[start : min(int(self.ends[row]), start + most)].tobytes()


def split_lines(content: bytes, name: str = "") -> Lines:
    """Find the lines; they may end in LF, CRLF or CR, mixed.

    Raises: FormatError for more than MOST_LINES.
    """
    content = content.removeprefix(b"\xef\xbb\xbf")
    chars = np.frombuffer(content + bytes(LONGEST_RECORD), np.uint8)
    size = len(content)
    has_lone_cr = content.count(b"\r") != content.count(b"\r\n")
    is_end = chars[:size] == _LF
    if has_lone_cr:
        is_end |= (chars[:size] == _CR) & (chars[1 : size + 1] != _LF)
    if np.count_nonzero(is_end) >= MOST_LINES:
        raise FormatError(f"more than {MOST_LINES:,} lines", path=name, advice="this is hardly an IGC file")
    ends = np.append(np.flatnonzero(is_end), size)
    starts = np.concatenate(([0], ends[:-1] + 1))
    follows_cr = (ends > starts) & (chars[ends - 1] == _CR)
    ends -= follows_cr
    return Lines(chars, starts, ends, np.where(ends > starts, chars[starts], np.uint8(0)))
