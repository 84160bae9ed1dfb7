"""ISO 8601 text as its digits, for all that read many times at once: `points_digits`, `formats.cell_times`.

Eight characters are one unsigned integer, the first of them its lowest byte.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Words: TypeAlias = npt.NDArray[np.uint64]

ISO_SECONDS: Final = 19
"""Characters of 2026-05-26T11:40:00."""

_BYTE: Final = np.uint64(0xFF)
_BITS: Final = np.uint64(8)
_TEN: Final = np.uint64(10)


def fraction_digits(text: str) -> int:
    """Digits after the seconds' point, 0 where there is none."""
    if text[ISO_SECONDS : ISO_SECONDS + 1] != ".":
        return 0
    fraction = text[ISO_SECONDS + 1 :]
    return len(fraction) - len(fraction.lstrip("0123456789"))


def pairs_of(digits: Words) -> Words:
    """Every byte, a digit's value, with the one after it as a number of two digits."""
    return digits * _TEN + (digits >> _BITS)


def byte_at(words: Words, place: int) -> Words:
    """One byte of each, 0 the first character's."""
    own: Words = words >> _BITS * np.uint64(place) & _BYTE
    return own
