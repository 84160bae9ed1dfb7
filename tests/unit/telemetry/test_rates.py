"""Rates of counters, and drain times."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.telemetry.rates import Drain, Reading, drain_of, rate_per_s, total_rate_per_s

COUNTERS = st.integers(min_value=0, max_value=2**53)
RATES = st.floats(min_value=0, max_value=1e15)


@given(COUNTERS, COUNTERS, st.integers(min_value=-(10**9), max_value=10**9))
@settings(max_examples=100)
def test_rate_is_finite_and_not_negative_or_unknown(before: int, after: int, elapsed_ms: int) -> None:
    """Whatever two samples hold, a rate is a finite number from 0 up, or None."""
    rate = rate_per_s(before, after, elapsed_ms)

    assert rate is None or (math.isfinite(rate) and rate >= 0)


@given(COUNTERS, st.integers(min_value=1, max_value=10**6), st.integers(min_value=1, max_value=10**6))
@settings(max_examples=100)
def test_rate_counts_what_was_gained_per_second(before: int, gained: int, elapsed_ms: int) -> None:
    """A rate times its seconds is what the counter gained."""
    rate = rate_per_s(before, before + gained, elapsed_ms)

    assert rate is not None
    assert math.isclose(rate * elapsed_ms / 1000, gained)


def test_rate_of_a_counter_that_went_down_is_unknown() -> None:
    """A server that lost its data gives no rate, not a negative one."""
    assert rate_per_s(10, 9, 1000) is None


def test_rate_without_time_is_unknown() -> None:
    """Two samples of one millisecond tell no rate."""
    assert rate_per_s(1, 2, 0) is None


def test_total_rate_leaves_out_counters_that_restart() -> None:
    """A worker that comes, goes or restarts neither adds nor takes from the rate of the others."""
    before = {"stays": Reading(100, 0), "goes": Reading(50, 0), "restarts": Reading(70, 0)}
    after = {"stays": Reading(300, 2000), "comes": Reading(1000, 2000), "restarts": Reading(5, 2000)}

    assert total_rate_per_s(before, after) == 100.0


def test_total_rate_divides_each_counter_by_its_own_time() -> None:
    """Heartbeats a second and two seconds apart each count over their own time."""
    before = {"one": Reading(0, 0), "other": Reading(0, 500)}
    after = {"one": Reading(100, 1000), "other": Reading(100, 2500)}

    assert total_rate_per_s(before, after) == 150.0


@given(st.integers(min_value=0, max_value=2**53), RATES | st.none(), RATES | st.none())
@settings(max_examples=150)
def test_drain_is_finite_or_said_in_a_word(
    pending: int, in_rate: float | None, out_rate: float | None
) -> None:
    """A drain time is a finite number of seconds from 0 up; a growing queue has none."""
    drain = drain_of(pending, in_rate, out_rate)

    assert drain.seconds is None or (math.isfinite(drain.seconds) and drain.seconds >= 0)
    assert not (drain.is_growing and drain.seconds is not None)


def test_drain_takes_pending_over_the_difference_of_rates() -> None:
    """1,000 points that leave 100 a second faster than they come are gone in 10 s."""
    assert drain_of(1000, 100.0, 200.0) == Drain(10.0)


def test_drain_of_a_queue_that_fills_grows() -> None:
    """More in than out has no drain time and grows."""
    assert drain_of(1000, 200.0, 100.0) == Drain(None, is_growing=True)


def test_drain_within_jitter_is_steady() -> None:
    """A twentieth of the traffic either way is neither a drain time nor growth."""
    assert drain_of(1000, 100.0, 104.0) == Drain(None)


def test_drain_of_an_empty_queue_is_zero() -> None:
    """Nothing pending is drained, whatever the rates."""
    assert drain_of(0, None, None) == Drain(0.0)
