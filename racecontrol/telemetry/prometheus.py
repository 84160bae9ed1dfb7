"""A snapshot as Prometheus reads it: what a scrape of /metrics answers. No IO.

Names follow Prometheus' conventions: base units, `_total` for what only rises. What is not known
is left out, and while the queue server is away so is all that it alone knows: an old value would
look like a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from racecontrol.domain.intake import BreakerState, IntakeStatus
from racecontrol.domain.severity import Severity
from racecontrol.queues.model import LaneStats, QueueStats
from racecontrol.telemetry.snapshot import PipelineView, Snapshot

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
"""Of what `render` gives."""

_Read: TypeAlias = Callable[[QueueStats], float]

_QUEUE_GAUGES: Final[dict[str, tuple[str, _Read]]] = {
    "ready_items": ("Items that wait to be served.", lambda stats: stats.ready),
    "leased_items": ("Items in the hands of workers.", lambda stats: stats.leased),
    "delayed_items": ("Items that wait to be tried again.", lambda stats: stats.delayed),
    "dead_items": ("Dead letters.", lambda stats: stats.dead),
    "pending_points": ("Points of all items held.", lambda stats: stats.points_pending),
    "oldest_seconds": ("Age of the oldest item that is not dead.", lambda stats: stats.oldest_ms / 1000),
    "paused": ("1 while the queue is paused.", lambda stats: stats.is_paused),
}

_QUEUE_COUNTERS: Final[dict[str, tuple[str, _Read]]] = {
    "enqueued_items": ("Items taken in.", lambda stats: stats.enqueued_items),
    "acked_items": ("Items stored and acknowledged.", lambda stats: stats.acked_items),
    "duplicate_items": ("Items offered again and not taken in twice.", lambda stats: stats.duplicate_items),
    "retried_items": ("Items given back to be tried again.", lambda stats: stats.retried_items),
    "expired_leases": ("Leases that ended before their work did.", lambda stats: stats.expired_items),
    "buried_items": ("Items that became dead letters.", lambda stats: stats.buried_items),
    "purged_items": ("Items taken out by an operator.", lambda stats: stats.purged_items),
    "lost_items": ("Items whose payload was gone from the server.", lambda stats: stats.lost_items),
    "in_points": ("Points taken in.", lambda stats: stats.points_in),
    "out_points": ("Points acknowledged.", lambda stats: stats.points_out),
}

_LANE_COUNTERS: Final[dict[str, tuple[str, Callable[[LaneStats], float]]]] = {
    "in_points": ("Points taken in, by lane.", lambda lane: lane.points_in),
    "out_points": ("Points acknowledged, by lane.", lambda lane: lane.points_out),
}


def render(snapshot: Snapshot, intake: IntakeStatus | None = None) -> bytes:
    """The text of one scrape. intake: of the process that answers, which knows it also while the server
    is away.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_SnapshotCollector(snapshot, intake))
    return generate_latest(registry)


class _SnapshotCollector(Collector):
    """Gives a registry of one scrape the metrics of one snapshot."""

    def __init__(self, snapshot: Snapshot, intake: IntakeStatus | None) -> None:
        self._snapshot = snapshot
        self._intake = intake

    def collect(self) -> Iterator[Metric]:
        yield from _server(self._snapshot)
        if self._intake is not None:
            yield from _intake(self._intake)
        if self._snapshot.server.is_up:
            yield from _queues(self._snapshot)
            yield from _lanes(self._snapshot)
            yield from _pipeline(self._snapshot.pipeline)
            yield from _site(self._snapshot)


def _server(snapshot: Snapshot) -> Iterator[Metric]:
    server = snapshot.server
    yield _gauge("server_up", "1 while the queue server answers.", server.is_up)
    yield _gauge("server_stale_seconds", "Age of what was last read of the server.", server.stale_s)
    if not server.is_up:
        return
    yield _gauge("server_durable", "1 where an answered write is synced to disk.", server.is_durable)
    yield _gauge("server_memory_bytes", "Memory used by the queue server.", server.used_memory_bytes)
    if server.latency_ms is not None:
        yield _gauge("server_read_seconds", "How long the last look took.", server.latency_ms / 1000)


def _intake(status: IntakeStatus) -> Iterator[Metric]:
    is_closed = status.breaker is BreakerState.CLOSED
    yield _gauge("intake_breaker_open", "1 while this process's points go to its spool.", not is_closed)
    yield _gauge("intake_spool_items", "Items in this process's spool.", status.spool_items)
    yield _gauge("intake_spool_points", "Points in this process's spool.", status.spool_points)
    yield _gauge("intake_spool_bytes", "Size of this process's spool.", status.spool_bytes)
    yield _gauge("intake_spool_oldest_seconds", "Age of its oldest item.", status.oldest_age_s or 0.0)
    yield _gauge("intake_pending_items", "Items in batches not yet acknowledged.", status.pending_items)


def _queues(snapshot: Snapshot) -> Iterator[Metric]:
    every = [view.stats for view in snapshot.queues]
    for name, (words, read) in _QUEUE_GAUGES.items():
        gauge = GaugeMetricFamily(f"racecontrol_queue_{name}", words, labels=("queue",))
        for stats in every:
            gauge.add_metric((stats.queue,), read(stats))
        yield gauge
    for name, (words, read) in _QUEUE_COUNTERS.items():
        counter = CounterMetricFamily(f"racecontrol_queue_{name}", words, labels=("queue",))
        for stats in every:
            counter.add_metric((stats.queue,), read(stats))
        yield counter


def _lanes(snapshot: Snapshot) -> Iterator[Metric]:
    lanes = [
        ((view.queue, name), lane) for view in snapshot.queues for name, lane in view.stats.lanes.items()
    ]
    ready = GaugeMetricFamily(
        "racecontrol_lane_ready_items", "Items that wait to be served, by lane.", labels=("queue", "lane")
    )
    for labels, lane in lanes:
        ready.add_metric(labels, lane.ready)
    yield ready
    for name, (words, read) in _LANE_COUNTERS.items():
        counter = CounterMetricFamily(f"racecontrol_lane_{name}", words, labels=("queue", "lane"))
        for labels, lane in lanes:
            counter.add_metric(labels, read(lane))
        yield counter


def _pipeline(view: PipelineView) -> Iterator[Metric]:
    yield CounterMetricFamily("racecontrol_enqueue_operations", "Enqueue calls.", value=view.operations)
    known = {
        "pipelined_ratio": ("Share of enqueue calls that were pipelined.", view.pipelined_share, 1),
        "pipeline_item_seconds": ("Pipelined enqueueing of an item.", view.pipeline_ms_per_item, 1000),
        "single_call_item_seconds": (
            "A single call of the mean pipelined item.",
            view.standard_ms_per_item,
            1000,
        ),
        "pipeline_saved_seconds": ("Saved against single calls.", view.saved_s, 1),
    }
    for name, (words, value, unit) in known.items():
        if value is not None:
            yield _gauge(name, words, value / unit)


def _site(snapshot: Snapshot) -> Iterator[Metric]:
    workers = snapshot.workers
    yield _gauge("workers_alive", "Workers with a heartbeat in the last 3 seconds.", workers.alive)
    yield _gauge("workers_troubles", "What keeps workers from storing: reasons.", len(workers.troubles))
    if workers.rows_per_s is not None:
        yield _gauge("stored_rows_per_second", "Rows that workers store.", workers.rows_per_s)
    intakes = snapshot.intakes
    yield _gauge("intakes", "Processes that take points in.", intakes.processes)
    is_closed = intakes.breaker is BreakerState.CLOSED
    yield _gauge("intakes_breaker_open", "1 while any of them sends to its spool.", not is_closed)
    yield _gauge("intakes_spool_items", "Items in the spools of all of them.", intakes.spool_items)
    yield _gauge("intakes_spool_points", "Points in the spools of all of them.", intakes.spool_points)
    yield _gauge("competition_mode", "1 in competition mode.", snapshot.mode.is_competition)
    alerts = GaugeMetricFamily("racecontrol_alerts", "Alerts on the desk.", labels=("severity",))
    counts = Counter(alert.severity for alert in snapshot.alerts)
    for severity in Severity:
        alerts.add_metric((severity.value,), counts[severity])
    yield alerts


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"racecontrol_{name}", words, value=float(value))
