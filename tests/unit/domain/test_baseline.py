"""What single calls cost, and what pipelining gained against the same work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.baseline import Baseline, Gain, gain_of

DURATIONS_MS = st.floats(0, 10_000)


def test_baseline_goes_through_both_measurements() -> None:
    """A call of one point and one of 1,000 take what was measured."""
    baseline = Baseline.through(7, few=(1, 0.8), many=(1000, 1.4))

    assert baseline.measured_at_ms == 7
    assert baseline.single_calls_ms(1, 1) == pytest.approx(0.8)
    assert baseline.single_calls_ms(1, 1000) == pytest.approx(1.4)


@given(DURATIONS_MS, DURATIONS_MS)
def test_no_cost_is_below_zero(few_ms: float, many_ms: float) -> None:
    """Not even where a machine's noise made the large calls the faster ones, or the small ones free."""
    baseline = Baseline.through(0, (1, few_ms), (1000, many_ms))

    assert baseline.ms_per_call >= 0
    assert baseline.ms_per_point >= 0


def test_gain_is_told_against_the_same_items_and_points() -> None:
    """40 items of 1,000 points: 40 calls of 0.5 ms and 40,000 points of 0.001 ms, against 15 ms."""
    gain = gain_of(Baseline(0, 0.5, 0.001), items=40, points=40_000, pipeline_ms=15.0)

    assert gain == Gain(standard_ms_per_item=1.5, speedup=4.0, saved_s=0.045)


def test_gain_is_unknown_where_nobody_measured() -> None:
    """Null, never assumed."""
    assert gain_of(None, items=40, points=40_000, pipeline_ms=15.0) == Gain(None, None, None)


def test_before_the_first_item_a_single_call_is_one_of_100_points() -> None:
    """There is a cost to show, no speed-up, and nothing saved."""
    gain = gain_of(Baseline(0, 0.5, 0.001), items=0, points=0, pipeline_ms=0.0)

    assert gain == Gain(standard_ms_per_item=0.6, speedup=None, saved_s=0.0)
