"""Numbers, times and ages."""

from __future__ import annotations

import pytest

from racecontrol.desk.lines import words
from tests.desk.snapshots import GUN_MS


@pytest.mark.parametrize(
    ("before_ms", "shown"),
    [
        (271_000, "T-00:04:31"),
        (270_001, "T-00:04:31"),
        (1, "T-00:00:01"),
        (0, "T+00:00:00"),
        (-999, "T+00:00:00"),
        (-3_661_000, "T+01:01:01"),
        (-90_061_000, "T+1d 01:01:01"),
    ],
)
def test_countdown_reaches_zero_at_the_gun(before_ms: int, shown: str) -> None:
    """The gun is the moment T+00:00:00 appears, not a second before or after."""
    assert shown == words.countdown(GUN_MS - before_ms, GUN_MS)


def test_a_time_is_shown_in_the_zone_of_the_race() -> None:
    """Data is UTC, screens show where the race is."""
    assert (
        f"{words.clock_time(GUN_MS, 'Europe/Paris')} {words.zone_name(GUN_MS, 'Europe/Paris')}"
        == "13:45:00 CEST"
    )


def test_an_unknown_zone_is_shown_as_utc() -> None:
    """A zone with a typing error must not take the status line away."""
    assert f"{words.clock_time(GUN_MS, 'Mars/Base')} {words.zone_name(GUN_MS, 'Mars/Base')}" == "11:45:00 UTC"


@pytest.mark.parametrize(
    ("per_s", "shown"),
    [
        (None, "-"),
        (0, "0"),
        (0.42, "0.4"),
        (150.4, "150"),
        (61_500, "61,500"),
        (212_800, "213k"),
        (2.9e6, "2.9M"),
    ],
)
def test_a_rate_takes_at_most_six_cells(per_s: float | None, shown: str) -> None:
    """Rates of nothing and of millions have one column."""
    assert shown == words.rate(per_s)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "-"), (2.9, "2 s"), (806, "806 s"), (1860, "31 m"), (9000, "2 h"), (200_000, "2 d")],
)
def test_an_age_has_one_unit(seconds: float | None, shown: str) -> None:
    """An age reads at a glance."""
    assert shown == words.age(seconds)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.04, "40 ms"), (2.44, "2.4 s"), (41.2, "41 s"), (1860, "31 m")]
)
def test_a_span_has_the_digits_that_matter(seconds: float, shown: str) -> None:
    """A saving of 40 ms is not 0.0 s."""
    assert shown == words.span(seconds)
