"""Samples for tests: a site whose counters are what the test says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from racecontrol.domain.priority import LANES, LIVE_POINTS, QUEUES
from racecontrol.queues.metrics import PipelineTotals
from racecontrol.queues.model import LaneStats, QueueStats
from racecontrol.state.model import Mode, Worker, WorkerBeat
from racecontrol.telemetry.sample import Sample, ServerFacts


def make_sample(time_ms: int, *, workers: tuple[Worker, ...] = (), **live: Any) -> Sample:
    """A sample at a time; `live`: counters of live_points, all others are 0."""
    lanes = {lane.name: LaneStats() for lane in LANES}
    queues = (QueueStats(queue, now_ms=time_ms, lanes=lanes) for queue in QUEUES)
    return Sample(
        time_ms=time_ms,
        latency_ms=0.4,
        queues=tuple(replace(stats, **live) if stats.queue == LIVE_POINTS else stats for stats in queues),
        totals=PipelineTotals(),
        baseline=None,
        mode=Mode(),
        workers=workers,
        server=ServerFacts("9.1.2", 1_000_000),
    )


def make_worker(name: str, rows: int, beat_ms: int, trouble: str = "") -> Worker:
    """A worker's heartbeat."""
    return Worker(WorkerBeat(name, 1, "host", rows, rows, trouble), beat_ms)
