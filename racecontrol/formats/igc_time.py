"""The day of each fix: a B record has a time of day only.

A backward step of more than 12 h is midnight. Anything less is a late fix, to be put in order:
of 26 real files whose date changes, 18 changed it because of a step back of seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.track import NO_TIME
from racecontrol.formats.igc_headers import DateLine
from racecontrol.formats.igc_lines import Offsets
from racecontrol.formats.igc_records import BRecords

DAY_MS: Final = 86_400_000
_HALF_DAY_MS: Final = DAY_MS // 2


def record_times(records: BRecords, dates: Sequence[DateLine]) -> Int64Column:
    """UTC ms of each record, NO_TIME where it has no readable time. dates: one at least.

    Only good records move the day on; a refused one takes the day of the good one before it.
    """
    is_good = records.verdict == 0
    good_row, good_clock_ms = records.row[is_good], records.time_of_day_ms[is_good]
    day_ms = _days_ms(good_row, good_clock_ms, dates)
    if len(day_ms) == len(records.row):
        all_good: Int64Column = day_ms + good_clock_ms
        return all_good
    all_days_ms = np.concatenate(([dates[0].day_ms], day_ms))
    all_days_ms[0] = all_days_ms[min(1, len(day_ms))]
    day_of_record = all_days_ms[np.searchsorted(good_row, records.row, side="right")]
    is_timed = records.time_of_day_ms >= 0
    return np.where(is_timed, day_of_record + records.time_of_day_ms, NO_TIME)


def _days_ms(row: Offsets, time_of_day_ms: Int64Column, dates: Sequence[DateLine]) -> Int64Column:
    """UTC ms of the midnight before each fix, in the order of the file.

    A date record holds for the fixes after it, the first one also for those before it; midnights are
    counted from there.
    """
    bounds = [0, *(int(np.searchsorted(row, date.row)) for date in dates[1:]), len(row)]
    parts = [
        date.day_ms + DAY_MS * days_passed(time_of_day_ms[start:end])
        for date, (start, end) in zip(dates, pairwise(bounds), strict=True)
    ]
    return np.concatenate(parts)


def days_passed(time_of_day_ms: Int64Column) -> Int64Column:
    """Midnights between the first fix and each fix. Cost: O(n), and a Python step for each jump over 12 h.

    A jump forward of more than 12 h goes back over the midnight before it. Where there was none it is a
    pause or one wild time, and a step back to where it began is then no midnight either.
    """
    days = np.zeros(len(time_of_day_ms), np.int64)
    jumps = np.flatnonzero(np.abs(np.diff(time_of_day_ms)) > _HALF_DAY_MS)
    day = 0
    left_at_ms: int | None = None
    for at, end in pairwise([*map(int, jumps), len(time_of_day_ms)]):
        before_ms, after_ms = int(time_of_day_ms[at]), int(time_of_day_ms[at + 1])
        if after_ms > before_ms:
            left_at_ms = before_ms if day == 0 else None
            day = max(0, day - 1)
        elif left_at_ms is not None and after_ms >= left_at_ms:
            left_at_ms = None
        else:
            day += 1
        days[at + 1 : end + 1] = day
    return days
