"""From samples to the views that a snapshot is made of. No IO, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from racecontrol.domain.baseline import gain_of
from racecontrol.domain.intake import BreakerState
from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.priority import LANES
from racecontrol.queues.metrics import PipelineTotals
from racecontrol.queues.model import LaneStats, QueueStats
from racecontrol.state.model import Mode
from racecontrol.telemetry.findings import Thresholds
from racecontrol.telemetry.history import GRAPH_TICKS, History
from racecontrol.telemetry.rates import Drain, Reading, drain_of, rate_per_s, total_rate_per_s
from racecontrol.telemetry.sample import Sample
from racecontrol.telemetry.snapshot import (
    IntakesView,
    LaneView,
    LogLine,
    ModeView,
    PipelineView,
    QueueView,
    ServerView,
    WorkersView,
)


def queue_views(history: History, limits: Thresholds) -> tuple[QueueView, ...]:
    """Every queue of the newest sample, with rates over the last seconds; none before the first."""
    newest = history.newest
    if newest is None:
        return ()
    return tuple(
        _queue_view(index, stats, history, limits.depth_of(stats.queue))
        for index, stats in enumerate(newest.queues)
    )


def pipeline_view(newest: Sample | None) -> PipelineView:
    """What pipelining did, against the baseline where one was measured and nothing where none was."""
    totals = newest.totals if newest else PipelineTotals()
    baseline = newest.baseline if newest else None
    calls, items = totals.pipelined_operations, totals.pipeline_items
    gain = gain_of(baseline, items, totals.pipeline_points, totals.pipeline_ms)
    return PipelineView(
        operations=totals.operations,
        pipelined_share=calls / totals.operations if totals.operations else None,
        items_per_batch=items / calls if calls else None,
        points_per_batch=totals.pipeline_points / calls if calls else None,
        standard_ms_per_item=gain.standard_ms_per_item,
        pipeline_ms_per_item=totals.pipeline_ms / items if items else None,
        speedup=gain.speedup,
        saved_s=gain.saved_s,
        points_per_s=totals.pipeline_points * 1000 / totals.pipeline_ms if totals.pipeline_ms else None,
    )


def workers_view(history: History, expected: int) -> WorkersView:
    """The workers alive in the newest sample, and what they store. expected: started by this process."""
    newest, start = history.newest, history.rate_start
    workers = newest.workers if newest else ()
    rate = total_rate_per_s(_rows(start), _rows(newest)) if newest and start else None
    troubles = sorted({worker.beat.trouble for worker in workers if worker.beat.trouble})
    return WorkersView(len(workers), expected, rate, tuple(troubles))


_WORST = (BreakerState.CLOSED, BreakerState.HALF_OPEN, BreakerState.OPEN)


def intakes_view(newest: Sample | None) -> IntakesView:
    """All intakes as one: the worst breaker, and the sum of the spools and of what waits in batches."""
    statuses = [beat.status for beat in newest.intakes] if newest else []
    if not statuses:
        return IntakesView()
    worst = max(statuses, key=lambda status: _WORST.index(status.breaker))
    return IntakesView(
        processes=len(statuses),
        breaker=worst.breaker,
        reason=worst.reason,
        spool_items=sum(status.spool_items for status in statuses),
        spool_points=sum(status.spool_points for status in statuses),
        spool_bytes=sum(status.spool_bytes for status in statuses),
        pending_items=sum(status.pending_items for status in statuses),
        oldest_age_s=max((s.oldest_age_s for s in statuses if s.oldest_age_s is not None), default=None),
    )


def server_view(known: ServerView, sample: Sample) -> ServerView:
    """The server as it just answered. known: what else is known of it."""
    return replace(
        known,
        is_up=True,
        latency_ms=sample.latency_ms,
        version=sample.server.version,
        used_memory_bytes=sample.server.used_memory_bytes,
        error="",
        stale_s=0.0,
    )


def mode_view(mode: Mode | None) -> ModeView:
    """The mode as screens show it; None is not known yet."""
    mode = mode or Mode()
    return ModeView(mode.is_competition, mode.operator, mode.since_ms)


def log_line(entry: LogEntry) -> LogLine:
    """An entry of the race log as screens show it."""
    return LogLine(
        entry.entry_id,
        entry.time_ms,
        entry.race_id,
        entry.operator,
        entry.what,
        entry.why,
        entry.severity,
    )


def _queue_view(index: int, stats: QueueStats, history: History, limit: int) -> QueueView:
    start = history.rate_start
    before = start.queues[index] if start else None
    gone_ms = stats.now_ms - before.now_ms if before else 0
    drain = _drain(index, stats, history)
    graphs = history.of_queue(stats.queue)
    return QueueView(
        queue=stats.queue,
        stats=stats,
        depth=stats.ready,
        in_rate=rate_per_s(before.points_in, stats.points_in, gone_ms) if before else None,
        out_rate=rate_per_s(before.points_out, stats.points_out, gone_ms) if before else None,
        out_items_rate=rate_per_s(before.acked_items, stats.acked_items, gone_ms) if before else None,
        oldest_s=stats.oldest_ms / 1000,
        drain_s=drain.seconds,
        is_growing=drain.is_growing,
        lanes=tuple(_lane_views(before, stats, gone_ms)),
        depths=graphs.depths[-GRAPH_TICKS:],
        limit=limit,
        history=graphs,
    )


def _drain(index: int, stats: QueueStats, history: History) -> Drain:
    start = history.drain_start
    if start is None:
        return drain_of(stats.points_pending, None, None)
    before = start.queues[index]
    gone_ms = stats.now_ms - before.now_ms
    return drain_of(
        stats.points_pending,
        rate_per_s(before.points_in, stats.points_in, gone_ms),
        rate_per_s(before.points_out, stats.points_out, gone_ms),
    )


def _lane_views(before: QueueStats | None, stats: QueueStats, gone_ms: int) -> Iterator[LaneView]:
    for lane in LANES:
        new = stats.lanes.get(lane.name, LaneStats())
        old = before.lanes.get(lane.name, LaneStats()) if before else None
        yield LaneView(
            lane.name,
            new.ready,
            rate_per_s(old.points_in, new.points_in, gone_ms) if old else None,
            rate_per_s(old.points_out, new.points_out, gone_ms) if old else None,
        )


def _rows(sample: Sample) -> dict[str, Reading]:
    """Rows stored by each worker, as of its last heartbeat: heartbeats and ticks do not keep step."""
    return {
        worker.beat.worker_id: Reading(worker.beat.rows_total, worker.beat_ms) for worker in sample.workers
    }
