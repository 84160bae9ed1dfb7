"""Views made of samples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from racecontrol.domain.baseline import Baseline
from racecontrol.domain.intake import BreakerState, IntakeStatus
from racecontrol.queues.metrics import PipelineTotals
from racecontrol.queues.model import LaneStats
from racecontrol.state.intakes import IntakeBeat
from racecontrol.telemetry.build import intakes_view, pipeline_view, queue_views, workers_view
from racecontrol.telemetry.findings import DEFAULTS
from racecontrol.telemetry.history import GRAPH_TICKS, HISTORY_TICKS, History
from racecontrol.telemetry.sample import Sample
from racecontrol.telemetry.snapshot import QueueView
from tests.unit.telemetry.samples import make_sample, make_worker


def history_of(*samples: Sample) -> History:
    """A history that has seen these samples."""
    history = History()
    for sample in samples:
        history.add(sample)
    return history


def live_of(*samples: Sample) -> QueueView:
    """live_points after these samples."""
    return queue_views(history_of(*samples), DEFAULTS)[0]


def test_queues_have_no_view_before_the_first_sample() -> None:
    """Nothing is shown of a server that never answered."""
    assert queue_views(History(), DEFAULTS) == ()


def test_first_sample_has_no_rates() -> None:
    """One sample tells depths, and no rate."""
    live = live_of(make_sample(0, ready=7, points_in=700))

    assert (live.depth, live.in_rate, live.out_rate, live.out_items_rate) == (7, None, None, None)


def test_rates_are_counted_over_server_time() -> None:
    """Points and items a second come from counters and the server's clock."""
    live = live_of(
        make_sample(0, points_in=0, points_out=0, acked_items=0),
        make_sample(2000, points_in=1000, points_out=400, acked_items=4),
    )

    assert (live.in_rate, live.out_rate, live.out_items_rate) == (500.0, 200.0, 2.0)


def test_rates_look_back_five_seconds() -> None:
    """A burst is in the rate for five seconds, and gone after."""
    samples = [make_sample(0)] + [make_sample(tick * 1000, points_in=5000) for tick in range(1, 8)]

    rates = [live_of(*samples[: end + 1]).in_rate for end in range(1, 8)]

    assert rates == pytest.approx([5000.0, 2500.0, 5000 / 3, 1250.0, 1000.0, 0.0, 0.0])


def test_rates_are_unknown_for_the_tick_in_which_data_was_lost() -> None:
    """A counter that went down gives no rate, and the next tick counts from there."""
    before, lost = make_sample(0, points_in=900), make_sample(1000, points_in=0)
    after = make_sample(2000, points_in=50)

    assert live_of(before, lost).in_rate is None
    assert live_of(before, lost, after).in_rate == 50.0


def test_rates_span_a_time_without_samples() -> None:
    """After a server was away for a minute, the first rate is the mean of that minute."""
    live = live_of(make_sample(0, points_in=0), make_sample(60_000, points_in=600))

    assert live.in_rate == 10.0


def test_drain_follows_the_last_two_seconds() -> None:
    """Two seconds after a burst the queue drains, though the rate in still shows the burst."""
    samples = [make_sample(0)]
    for tick, done in ((1, 0), (2, 1000), (3, 2000)):
        counted: dict[str, Any] = {"points_in": 10_000, "points_out": done, "points_pending": 10_000 - done}
        samples.append(make_sample(tick * 1000, **counted))

    live = live_of(*samples)

    assert (live.drain_s, live.is_growing) == (8.0, False)
    assert (live.in_rate or 0) > (live.out_rate or 0)


def test_lane_rates_are_the_lanes_own() -> None:
    """Each lane has its own depth and rates."""
    before = make_sample(0, lanes={"race": LaneStats()})
    after = make_sample(1000, lanes={"race": LaneStats(ready=3, points_in=300, points_out=100)})

    lanes = {lane.name: lane for lane in live_of(before, after).lanes}

    assert (lanes["race"].ready, lanes["race"].in_rate, lanes["race"].out_rate) == (3, 300.0, 100.0)
    assert (lanes["sos"].ready, lanes["sos"].in_rate) == (0, 0.0)


def test_graphs_hold_a_minute_and_ten() -> None:
    """The sparkline has the last 60 depths, the queue's screen the last 600."""
    live = live_of(*(make_sample(tick * 1000, ready=tick) for tick in range(700)))

    assert live.depths == tuple(range(640, 700))
    assert live.history.depths == tuple(range(100, 700))
    assert (len(live.depths), len(live.history.in_rates)) == (GRAPH_TICKS, HISTORY_TICKS)


def test_worker_rate_is_the_sum_of_their_heartbeats() -> None:
    """Rows a second are told by what the workers stored between two heartbeats."""
    before = make_sample(0, workers=(make_worker("a", 100, 0), make_worker("b", 0, 0)))
    after = make_sample(1000, workers=(make_worker("a", 300, 1000), make_worker("b", 50, 500)))

    view = workers_view(history_of(before, after), expected=2)

    assert (view.alive, view.expected, view.rows_per_s) == (2, 2, 300.0)


def test_worker_troubles_are_told_once() -> None:
    """Two workers with one full disk are one trouble."""
    workers = (make_worker("a", 0, 0, "disk full"), make_worker("b", 0, 0, "disk full"))

    assert workers_view(history_of(make_sample(0, workers=workers)), 2).troubles == ("disk full",)


def with_pipeline(baseline: Baseline | None) -> Sample:
    """80 of 100 calls pipelined: 4,000 items of 100 points in 200 ms."""
    totals = PipelineTotals(
        operations=100,
        pipelined_operations=80,
        standard_items=20,
        standard_ms=20.0,
        pipeline_items=4000,
        pipeline_ms=200.0,
        pipeline_points=400_000,
    )
    return replace(make_sample(0), totals=totals, baseline=baseline)


def test_pipeline_is_compared_with_the_measured_baseline() -> None:
    """Speed-up and time saved are against single calls of the pipelined items and points."""
    view = pipeline_view(with_pipeline(Baseline(0, ms_per_call=0.4, ms_per_point=0.001)))

    assert view.pipelined_share == 0.8
    assert (view.items_per_batch, view.points_per_batch) == (50.0, 5000.0)
    assert view.standard_ms_per_item == pytest.approx(0.5)
    assert view.pipeline_ms_per_item == pytest.approx(0.05)
    assert view.speedup == pytest.approx(10.0)
    assert view.saved_s == pytest.approx(1.8)
    assert view.points_per_s == pytest.approx(2_000_000.0)


def test_speedup_is_unknown_without_a_baseline() -> None:
    """Nothing is assumed: without a measured baseline there is no speed-up, and nothing saved."""
    view = pipeline_view(with_pipeline(None))

    assert (view.standard_ms_per_item, view.speedup, view.saved_s) == (None, None, None)


def test_pipeline_before_the_first_call_tells_nothing() -> None:
    """No calls have no share, and no division by zero."""
    view = pipeline_view(make_sample(0))

    assert (view.operations, view.pipelined_share, view.points_per_s) == (0, None, None)


def test_intakes_are_shown_as_one() -> None:
    """The worst breaker with its reason, and the sum of the spools with their oldest item."""
    broken = IntakeStatus(
        BreakerState.OPEN, spool_items=3, spool_points=300, oldest_age_s=9.0, reason="no answer"
    )
    well = IntakeStatus(spool_items=1, spool_points=7, oldest_age_s=2.0)
    beats = (IntakeBeat("a", well), IntakeBeat("b", broken), IntakeBeat("c", IntakeStatus()))

    view = intakes_view(replace(make_sample(0), intakes=beats))

    assert (view.processes, view.breaker, view.reason) == (3, BreakerState.OPEN, "no answer")
    assert (view.spool_items, view.spool_points, view.oldest_age_s) == (4, 307, 9.0)
