"""The columns that an I record adds to the B records of an IGC file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column
from racecontrol.formats.igc_lines import Offsets

ZERO: Final = ord("0")

_MOST_DIGITS: Final = 9
"""Digits of a column that are used, the most significant ones; LAD needs 3 for 1e-7 degree."""


@dataclass(frozen=True, slots=True)
class Extension:
    """An extension column. digits: its width as read; value: 0 where `is_known` is false."""

    digits: int
    value: Int64Column
    is_known: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ExtensionReader:
    """Reads extension columns; they lie beyond the 35 characters that all records have."""

    chars: npt.NDArray[np.uint8]
    starts: Offsets
    lengths: Offsets
    extensions: Mapping[str, slice]

    def read(self, code: str) -> Extension | None:
        """The column of this code, or None where the file has none. Lines that lack it keep their fix."""
        columns = self.extensions.get(code)
        if columns is None:
            return None
        places = range(columns.start, min(columns.stop, columns.start + _MOST_DIGITS))
        value = np.zeros(len(self.starts), np.int64)
        is_known = self.lengths >= places.stop
        for place in places:
            digit = self.chars[self.starts + place] - np.uint8(ZERO)
            is_known &= digit <= 9
            value = value * 10 + digit
        return Extension(len(places), np.where(is_known, value, 0), is_known)
