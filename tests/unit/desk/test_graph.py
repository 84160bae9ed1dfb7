"""Sparklines and bars."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.desk.lines.cells import Role, line_width, plain
from racecontrol.desk.lines.graph import bar, resample, sparkline
from racecontrol.desk.lines.signs import ASCII, UNICODE


def test_sparkline_is_drawn_against_its_limit() -> None:
    """Depth 3 of 3000 is a low line, not a high one."""
    assert plain([sparkline([3, 3, 3], 3000, 3, UNICODE)]) == "▁▁▁"


def test_sparkline_over_its_limit_is_hot() -> None:
    """What stands over the limit is full and in the role of alarm."""
    line = sparkline([1500, 3500], 3000, 2, UNICODE)

    assert [(span.text, span.role) for span in line] == [("▅", Role.GRAPH), ("█", Role.HOT)]


def test_sparkline_puts_a_short_history_at_the_right() -> None:
    """The newest value is always at the right edge."""
    assert plain([sparkline([0, 9], 9, 5, UNICODE)]) == "   ▁█"


def test_sparkline_in_ascii_is_ascii() -> None:
    """Where UTF-8 is absent, levels are punctuation."""
    assert plain([sparkline(range(20), 10, 20, ASCII)]).isascii()


@settings(max_examples=60)
@given(st.lists(st.integers(0, 10**6), max_size=80), st.integers(1, 10**5), st.integers(0, 70))
def test_sparkline_is_as_wide_as_asked(values: list[int], limit: int, width: int) -> None:
    """Any history fills its column exactly."""
    assert width == line_width(sparkline(values, limit, width, UNICODE))


@pytest.mark.parametrize(
    ("share", "shown"), [(None, "░░░░"), (0.0, "░░░░"), (0.01, "█░░░"), (0.99, "███░"), (1.0, "████")]
)
def test_bar_is_empty_and_full_only_at_its_ends(share: float | None, shown: str) -> None:
    """One per cent shows, and 99 per cent is not yet everything."""
    assert shown == plain([bar(share, 4, UNICODE)])


def test_resample_keeps_the_highest_value() -> None:
    """A peak of one tick is not lost where ten minutes share sixty cells."""
    assert max(resample([0] * 300 + [99] + [0] * 299, 60)) == 99
