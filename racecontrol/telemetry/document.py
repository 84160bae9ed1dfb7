"""A snapshot as the document of `status --json` and of HTTP. Pure; its names are promised to scripts."""

from __future__ import annotations

from typing import Any

from racecontrol.domain.clock import iso_utc
from racecontrol.telemetry.snapshot import (
    Alert,
    IntakesView,
    LaneView,
    PipelineView,
    QueueView,
    RaceView,
    ServerView,
    Snapshot,
)


def status_document(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot without its pilots, log and graphs; what is not known yet is None.

    Rates are points a second; `race` is None where none was asked for.
    """
    return {
        "time": iso_utc(snapshot.time_ms),
        "queues": {view.queue: _queue(view) for view in snapshot.queues},
        "pipeline": _pipeline(snapshot.pipeline),
        "mode": {
            "competition": snapshot.mode.is_competition,
            "operator": snapshot.mode.operator,
            "since_ms": snapshot.mode.since_ms,
        },
        "workers": {
            "alive": snapshot.workers.alive,
            "rows_per_s": _rounded(snapshot.workers.rows_per_s),
            "troubles": list(snapshot.workers.troubles),
        },
        "intake": _intakes(snapshot.intakes),
        "server": _server(snapshot.server),
        "race": _race(snapshot.race) if snapshot.race else None,
        "alerts": [_alert(alert) for alert in snapshot.alerts],
    }


def _queue(view: QueueView) -> dict[str, Any]:
    stats = view.stats
    return {
        "ready": stats.ready,
        "leased": stats.leased,
        "delayed": stats.delayed,
        "dead": stats.dead,
        "held": stats.held,
        "oldest_s": view.oldest_s,
        "points_pending": stats.points_pending,
        "enqueued_items": stats.enqueued_items,
        "acked_items": stats.acked_items,
        "points_in": stats.points_in,
        "points_out": stats.points_out,
        "in_rate": _rounded(view.in_rate),
        "out_rate": _rounded(view.out_rate),
        "paused": stats.is_paused,
        "lanes": {lane.name: _lane(lane) for lane in view.lanes},
    }


def _lane(lane: LaneView) -> dict[str, Any]:
    return {
        "ready": lane.ready,
        "in_rate": _rounded(lane.in_rate),
        "out_rate": _rounded(lane.out_rate),
    }


def _pipeline(view: PipelineView) -> dict[str, Any]:
    return {
        "operations": view.operations,
        "pipelined_share": _rounded(view.pipelined_share),
        "standard_ms_per_item": _rounded(view.standard_ms_per_item),
        "pipeline_ms_per_item": _rounded(view.pipeline_ms_per_item),
        "speedup": _rounded(view.speedup),
        "saved_s": _rounded(view.saved_s),
        "points_per_s": _rounded(view.points_per_s),
    }


def _intakes(view: IntakesView) -> dict[str, Any]:
    return {
        "processes": view.processes,
        "breaker": view.breaker.value,
        "reason": view.reason,
        "spool_items": view.spool_items,
        "spool_points": view.spool_points,
        "spool_bytes": view.spool_bytes,
        "oldest_age_s": _rounded(view.oldest_age_s),
        "pending_items": view.pending_items,
    }


def _server(view: ServerView) -> dict[str, Any]:
    return {
        "url": view.url,
        "up": view.is_up,
        "embedded": view.is_embedded,
        "version": view.version,
        "latency_ms": _rounded(view.latency_ms),
        "used_memory_bytes": view.used_memory_bytes,
        "durable": view.is_durable,
        "problems": list(view.problems),
        "error": view.error,
    }


def _race(view: RaceView) -> dict[str, Any]:
    return {
        "id": view.race_id,
        "name": view.name,
        "state": view.state.value,
        "pass": view.pass_number,
        "gun": iso_utc(view.gun_ms),
        "clock": iso_utc(view.clock_ms),
        "own_clock": view.has_own_clock,
        "replaying": view.is_replaying,
        "pilots": view.pilots,
        "ready_pilots": view.ready_pilots,
        "started_by": view.started_by,
        "problems": len(view.problems),
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "severity": alert.severity.value,
        "text": alert.text,
        "since": iso_utc(alert.since_ms),
    }


def _rounded(value: float | None) -> float | None:
    """Four digits after the point: more than any of these is measured to."""
    return None if value is None else round(value, 4)
