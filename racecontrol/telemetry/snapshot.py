"""`Snapshot`: everything a screen, `status --json` and /metrics show, frozen, made once a tick. No IO."""

from __future__ import annotations

from dataclasses import dataclass, field

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.race import PilotState, Problem, RaceState
from racecontrol.domain.severity import Severity as Severity
from racecontrol.queues.model import QueueStats
from racecontrol.state.sos import SosCall
from racecontrol.state.trackers import UnknownTracker


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane of a queue; rates in points a second, None where they cannot be told yet."""

    name: str
    ready: int
    in_rate: float | None
    out_rate: float | None


@dataclass(frozen=True, slots=True)
class QueueHistory:
    """The last ten minutes of a queue, an entry a tick, oldest first; rates in points a second or None."""

    depths: tuple[int, ...] = ()
    in_rates: tuple[float | None, ...] = ()
    out_rates: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueView:
    """One queue as screens show it.

    depth: items ready. in_rate, out_rate: points a second over the server's clock, None at the first
    sample and where a counter went down. out_items_rate: the dequeue rate in items a second.
    drain_s: until empty, by the last two seconds; None where it does not shrink. depths: the last 60 depths,
    oldest first; limit: the depth from which the alert stands. history: for the queue's own screen.
    """

    queue: str
    stats: QueueStats
    depth: int
    in_rate: float | None
    out_rate: float | None
    out_items_rate: float | None
    oldest_s: float
    drain_s: float | None
    is_growing: bool
    lanes: tuple[LaneView, ...]
    depths: tuple[int, ...]
    limit: int
    history: QueueHistory = field(default=QueueHistory())


@dataclass(frozen=True, slots=True)
class PipelineView:
    """How much of the enqueueing went through the pipeline, and what that saved.

    operations: enqueue calls. pipelined_share: 0..1 of them, None with no calls.
    standard_ms_per_item, speedup, saved_s: against single calls of the same work, as
    `domain.baseline.Gain`.
    """

    operations: int
    pipelined_share: float | None
    items_per_batch: float | None
    points_per_batch: float | None
    standard_ms_per_item: float | None
    pipeline_ms_per_item: float | None
    speedup: float | None
    saved_s: float | None
    points_per_s: float | None


@dataclass(frozen=True, slots=True)
class WorkersView:
    """Worker processes by their heartbeats. rows_per_s: stored by all of them, over the last seconds.

    expected: started by this process, 0 where it started none. troubles: what keeps workers from
    storing, in their words.
    """

    alive: int
    expected: int
    rows_per_s: float | None
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntakesView:
    """The processes that take points in, together. breaker: the worst of theirs; reason: why it is so.

    spool_*: accepted, synced to a disk, and not in the server yet; oldest_age_s of them. pending_items: in
    batches not yet acknowledged.
    """

    processes: int = 0
    breaker: BreakerState = BreakerState.CLOSED
    reason: str = ""
    spool_items: int = 0
    spool_points: int = 0
    oldest_age_s: float | None = None
    spool_bytes: int = 0
    pending_items: int = 0


@dataclass(frozen=True, slots=True)
class ModeView:
    """Competition mode. since_ms: server time of the last change, None where it was never set."""

    is_competition: bool
    operator: str = ""
    since_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ServerView:
    """The queue server. latency_ms: of the tick's read. is_durable: an answered write is synced to disk.

    is_up: False makes everything else in the snapshot the last known, `stale_s` seconds old.
    problems: settings that can lose points.
    """

    url: str
    is_up: bool
    latency_ms: float | None
    version: str = ""
    used_memory_bytes: int = 0
    is_durable: bool = False
    is_embedded: bool = False
    error: str = ""
    stale_s: float = 0.0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RaceView:
    """The race's own line. pass_number: 1 for the first start. clock_ms: the race's clock, UTC.

    has_own_clock: the gun is long past (a fixture, a replay), so clock_ms is not the wall's.
    start_silent_s: how long a start under way has given no sign of life, None while none is.
    problems: what could not be read of the race's files.
    """

    race_id: str
    name: str
    state: RaceState
    pass_number: int
    gun_ms: int
    clock_ms: int
    zone: str
    has_own_clock: bool
    ready_pilots: int
    pilots: int
    started_by: str = ""
    is_replaying: bool = False
    replay_speed: float | None = None
    start_silent_s: float | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class PilotView:
    """One pilot's row. age_s: of the last fix on the race's clock. points: in the store.

    lat_deg, lon_deg: of the last fix, None where there is none. reason: of a state that needs one.
    """

    bib: str
    name: str
    state: PilotState
    age_s: float | None
    alt_m: int | None
    speed_kmh: float | None
    points: int
    lat_deg: float | None = None
    lon_deg: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something an operator should look at. key: the same for the same cause. since_ms: server time."""

    key: str
    severity: Severity
    text: str
    since_ms: int


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry of the race log. entry_id: of the stream, rising. time_ms: server time."""

    entry_id: str
    time_ms: int
    race_id: str
    operator: str
    what: str
    why: str = ""
    severity: Severity = Severity.INFO


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All a screen shows. time_ms: the server's clock, or this machine's while the server is away.

    sos: calls for help that no operator has acknowledged. trackers: those that no pilot owns.
    """

    time_ms: int
    server: ServerView
    mode: ModeView
    workers: WorkersView
    pipeline: PipelineView
    queues: tuple[QueueView, ...] = ()
    race: RaceView | None = None
    pilots: tuple[PilotView, ...] = ()
    alerts: tuple[Alert, ...] = ()
    log: tuple[LogLine, ...] = field(default=())
    intakes: IntakesView = field(default=IntakesView())
    sos: tuple[SosCall, ...] = ()
    trackers: tuple[UnknownTracker, ...] = ()
