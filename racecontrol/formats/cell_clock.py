"""Date and time of day out of words of digits: the arithmetic under `cell_times`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.iso_digits import Words, byte_at, pairs_of

_FIRST_YEAR: Final = 2000
_MONTHS, _DAYS_A_MONTH = 14, 33
"""With room for one too few and one too many."""


class Clock(NamedTuple):
    """What the digits say. year: of the century."""

    year: Int64Column
    month: Int64Column
    day: Int64Column
    hour: Int64Column
    minute: Int64Column
    second: Int64Column
    ms: Int64Column

    @classmethod
    def of(cls, words: list[Words]) -> Clock:
        """Words of digits less their zeros; what is no digit is 0."""
        pairs = [pairs_of(word) for word in words]
        seconds_ms = _byte(pairs[2], 4) * 10 + _byte(words[2], 6)
        return cls(
            _byte(pairs[0], 2),
            _byte(pairs[0], 5),
            _byte(pairs[1], 0),
            _byte(pairs[1], 3),
            _byte(pairs[1], 6),
            _byte(pairs[2], 1),
            seconds_ms,
        )

    def day_number(self) -> Int64Column:
        """Days since 1970; -1 where there is no such day."""
        # What is no digit makes any number at all.
        year, month = np.minimum(self.year, 99), np.minimum(self.month, _MONTHS - 1)
        day = np.minimum(self.day, _DAYS_A_MONTH - 1)
        numbers: Int64Column = _DAYS[(year * _MONTHS + month) * _DAYS_A_MONTH + day]
        return numbers


def _byte(words: Words, place: int) -> Int64Column:
    return byte_at(words, place).astype(np.int64)


def _day_numbers() -> Int64Column:
    """Days since 1970 by year of the century, month and day of the month; -1 for those there are not."""
    numbers = np.full((100, _MONTHS, _DAYS_A_MONTH), -1, np.int64)
    days = np.arange(f"{_FIRST_YEAR}-01-01", f"{_FIRST_YEAR + 100}-01-01", dtype="datetime64[D]")
    months = days.astype("datetime64[M]")
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970 - _FIRST_YEAR
    month = months.astype(np.int64) % 12 + 1
    numbers[year, month, (days - months).astype(np.int64) + 1] = days.astype(np.int64)
    return numbers.ravel()


_DAYS: Final = _day_numbers()
