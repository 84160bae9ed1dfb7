"""Midnight, and what only looks like it."""

from __future__ import annotations

import numpy as np
import pytest

from racecontrol.formats.igc_time import days_passed
from tests.unit.formats.igc_text import b_line, read_lines, utc_ms

HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("hours", "days", "why"),
    [
        ([], [], "no fix"),
        ([23.9, 0.1, 1], [0, 1, 1], "midnight"),
        ([11, 10.9, 11.1], [0, 0, 0], "a late fix"),
        ([11, 0, 11.1], [0, 0, 0], "a late fix of eleven hours"),
        ([23.9, 0.1, 23.95, 0.2], [0, 1, 0, 1], "a late fix from before midnight"),
        ([11, 23.99, 11.1, 12], [0, 0, 0, 0], "one wild time"),
        ([0.1, 14.7, 15], [0, 0, 0], "a clock that was set"),
        ([3, 16, 23.9, 0.1], [0, 0, 0, 1], "a pause, and then midnight"),
        ([20, 4, 23, 1], [0, 1, 0, 1], "midnight, a late packet, and on"),
        ([23, 1, 22.9, 23.1, 1.1], [0, 1, 0, 0, 1], "a packet of two late fixes"),
    ],
)
def test_only_a_step_back_of_more_than_half_a_day_is_midnight(
    hours: list[float], days: list[int], why: str
) -> None:
    """Each case names what the times are of."""
    clock_ms = np.array([hour * HOUR_MS for hour in hours], np.int64)

    assert days_passed(clock_ms).tolist() == days, why


def test_refused_lines_move_no_day_on() -> None:
    """A tracker without a position has no trustworthy time either."""
    nowhere = ("0000000N00000000E", "V0000000000")
    track = read_lines(
        b_line("235900", *nowhere), b_line("114500"), b_line("000000", *nowhere), b_line("114501")
    )

    assert track.fixes.time_ms.tolist() == [utc_ms(11, 45), utc_ms(11, 45, 1)]


def test_real_midnight_moves_the_fixes_to_the_next_day() -> None:
    """A flight at UTC+12 goes on over midnight."""
    track = read_lines(b_line("235959"), b_line("000000"))

    assert track.fixes.time_ms.tolist() == [utc_ms(23, 59, 59), utc_ms(0, day=27)]
    assert not len(track.repairs)
