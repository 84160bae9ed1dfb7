"""Plausible snapshots for tests of screens: before, during and after a start, and with the server away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from racecontrol.domain.priority import (
    FLYMASTER_POINTS,
    LANES,
    LIVE_POINTS,
    QUEUES,
    SCORING_POINTS,
    UPLOAD_POINTS,
)
from racecontrol.domain.race import PilotState, RaceState
from racecontrol.queues.model import LaneStats, QueueStats
from racecontrol.telemetry.snapshot import (
    Alert,
    LaneView,
    LogLine,
    ModeView,
    PilotView,
    PipelineView,
    QueueHistory,
    QueueView,
    RaceView,
    ServerView,
    Severity,
    Snapshot,
    WorkersView,
)

GUN_MS: Final = 1_779_795_900_000
"""2026-05-26T11:45:00Z, the gun of R42."""

LIMIT: Final = 2000


def make_stats(queue: str = LIVE_POINTS, **changes: Any) -> QueueStats:
    """Counters of a queue that keep its invariants when `changes` do."""
    lanes = {lane.name: LaneStats() for lane in LANES}
    return replace(QueueStats(queue, now_ms=GUN_MS, lanes=lanes), **changes)


def make_queue(queue: str = LIVE_POINTS, depth: int = 0, **changes: Any) -> QueueView:
    """A queue of `depth` ready items of 100 points each, in its live or normal lane."""
    is_live = queue in (LIVE_POINTS, FLYMASTER_POINTS)
    busy = "live" if is_live else "normal"
    rate = 150.0 if depth else 0.0
    stats = make_stats(
        queue,
        ready=depth,
        held=depth,
        enqueued_items=depth + 900,
        acked_items=900,
        points_pending=depth * 100,
        points_in=depth * 100 + 90_000,
        points_out=90_000,
        oldest_ms=2000 if depth else 0,
    )
    lanes = tuple(
        LaneView(
            lane.name,
            depth if lane.name == busy else 0,
            rate if lane.name == busy else 0.0,
            rate if lane.name == busy else 0.0,
        )
        for lane in LANES
    )
    view = QueueView(
        queue=queue,
        stats=stats,
        depth=depth,
        in_rate=rate,
        out_rate=rate,
        out_items_rate=rate / 100,
        oldest_s=2.0 if depth else 0.0,
        drain_s=None,
        is_growing=False,
        lanes=lanes,
        depths=tuple(depth * tick // 60 for tick in range(1, 61)),
        limit=LIMIT,
        history=QueueHistory((depth,) * 600, (rate,) * 600, (rate,) * 600),
    )
    return replace(view, **changes)


def make_pilots(count: int = 150) -> tuple[PilotView, ...]:
    """`count` pilots, the worst first: one of each state that is not flying, then those who fly."""
    troubles = (
        PilotView("118", "Pilot 118", PilotState.NO_DATA, None, None, None, 0, reason="no fix yet"),
        PilotView("120", "Jörg [/] Müller", PilotState.SILENT, 806.0, 1204, None, 2204, 45.59, 6.31),
        PilotView(
            "12", "Pilot 012", PilotState.TWIN, 3.0, 1980, 31.0, 3100, 45.58, 6.30, "within 23 m of 13"
        ),
        PilotView("259", "Pilot 259", PilotState.LANDED, 1860.0, 560, 0.0, 1204, 45.55, 6.33),
        PilotView("77", "Pilot 077", PilotState.GROUND, 2.0, 1310, 1.0, 940, 45.60, 6.29),
    )
    flying = tuple(
        PilotView(
            bib=str(bib),
            name=f"Pilot {bib:03d}",
            state=PilotState.FLYING,
            age_s=float(bib % 5),
            alt_m=2000 + bib * 7 % 900,
            speed_kmh=35.0 + bib % 20,
            points=3391,
            lat_deg=45.6 + bib % 13 / 400,
            lon_deg=6.3 + bib % 17 / 400,
        )
        for bib in range(300, 300 + max(0, count - len(troubles)))
    )
    return (troubles + flying)[:count]


def make_race(**changes: Any) -> RaceView:
    """R42, four minutes and a half before its gun."""
    race = RaceView(
        race_id="R42",
        name="Coupe Icare · task 3",
        state=RaceState.READY,
        pass_number=1,
        gun_ms=GUN_MS,
        clock_ms=GUN_MS - 271_000,
        zone="Europe/Paris",
        has_own_clock=True,
        ready_pilots=146,
        pilots=150,
    )
    return replace(race, **changes)


def make_log(*whats: str) -> tuple[LogLine, ...]:
    """Log lines, a second apart."""
    return tuple(
        LogLine(f"{GUN_MS + tick * 1000}-0", GUN_MS + tick * 1000, "R42", "MJ", what)
        for tick, what in enumerate(whats)
    )


def make_snapshot(**changes: Any) -> Snapshot:
    """Before the start, quiet: 150 pilots, empty queues, a healthy server. `changes`: fields of Snapshot."""
    snapshot = Snapshot(
        time_ms=GUN_MS - 271_000,
        server=ServerView(
            url="unix:///tmp/rc/valkey.sock",
            is_up=True,
            latency_ms=0.4,
            version="9.1.2",
            used_memory_bytes=6_600_000,
            is_durable=True,
            is_embedded=True,
        ),
        mode=ModeView(is_competition=False),
        workers=WorkersView(alive=2, expected=2, rows_per_s=0.0),
        pipeline=PipelineView(
            operations=0,
            pipelined_share=None,
            items_per_batch=None,
            points_per_batch=None,
            standard_ms_per_item=0.31,
            pipeline_ms_per_item=None,
            speedup=None,
            saved_s=None,
            points_per_s=None,
        ),
        queues=tuple(make_queue(queue) for queue in QUEUES),
        race=make_race(),
        pilots=make_pilots(),
        log=make_log("desk opened"),
    )
    return replace(snapshot, **changes)


def during_start() -> Snapshot:
    """A start being queued in competition mode: the race lane is full, and an upload queue too deep."""
    live = make_queue(
        LIVE_POINTS,
        depth=137,
        in_rate=213_000.0,
        out_rate=61_500.0,
        out_items_rate=18.1,
        is_growing=True,
        lanes=(
            LaneView("sos", 0, 0.0, 0.0),
            LaneView("race", 120, 212_800.0, 61_300.0),
            LaneView("live", 17, 200.0, 200.0),
            LaneView("normal", 0, 0.0, 0.0),
            LaneView("rest", 0, 0.0, 0.0),
        ),
    )
    upload = make_queue(
        UPLOAD_POINTS,
        depth=2410,
        in_rate=800.0,
        out_rate=740.0,
        is_growing=True,
        oldest_s=38.0,
        stats=make_stats(
            UPLOAD_POINTS, ready=2410, leased=20, delayed=3, dead=3, held=2436, oldest_ms=38_000
        ),
    )
    return make_snapshot(
        time_ms=GUN_MS,
        mode=ModeView(True, "MJ", GUN_MS - 240_000),
        pipeline=make_pipeline(),
        workers=WorkersView(alive=2, expected=2, rows_per_s=212_000.0),
        queues=(live, make_queue(FLYMASTER_POINTS, depth=18), upload, make_queue(SCORING_POINTS)),
        race=make_race(state=RaceState.STARTING, clock_ms=GUN_MS, started_by="MJ"),
        alerts=(
            Alert(
                "depth:upload_points", Severity.WARNING, "upload_points depth 2,410 > 2,000", GUN_MS - 9000
            ),
            Alert("silent", Severity.WARNING, "bib 120 silent 806 s", GUN_MS - 60_000),
        ),
        log=make_log("desk opened", "competition on", "start begun"),
    )


def after_start() -> Snapshot:
    """The start is stored, all queues are empty, the race runs."""
    return make_snapshot(
        time_ms=GUN_MS + 5000,
        mode=ModeView(True, "MJ", GUN_MS - 240_000),
        pipeline=make_pipeline(),
        race=make_race(state=RaceState.RUNNING, clock_ms=GUN_MS + 5000, started_by="MJ"),
        log=make_log(
            "desk opened", "competition on", "start begun", "start done: 147 flights, 508650 points"
        ),
    )


def server_down() -> Snapshot:
    """The server went away in the middle of a start: last known values, marked as such."""
    known = during_start()
    away = Alert("server", Severity.CRITICAL, "queue server does not answer", GUN_MS + 1000)
    return replace(
        known,
        time_ms=GUN_MS + 4000,
        server=replace(known.server, is_up=False, latency_ms=None, error="connection refused"),
        alerts=(away, *known.alerts),
    )


def make_pipeline(**changes: Any) -> PipelineView:
    """A pipeline in use, with a measured baseline."""
    pipeline = PipelineView(
        operations=1204,
        pipelined_share=0.81,
        items_per_batch=34.0,
        points_per_batch=3391.0,
        standard_ms_per_item=0.31,
        pipeline_ms_per_item=0.03,
        speedup=9.8,
        saved_s=41.2,
        points_per_s=1_540_000.0,
    )
    return replace(pipeline, **changes)
