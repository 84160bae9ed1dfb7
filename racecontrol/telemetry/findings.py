"""What alerts look for in a snapshot: each cause's levels and hold time. Pure; `alerts` does the holding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE_POINTS, SCORING_POINTS, UPLOAD_POINTS
from racecontrol.domain.race import PilotState, RaceState
from racecontrol.telemetry.alerts import Finding, Level, level_of
from racecontrol.telemetry.people import of_people
from racecontrol.telemetry.snapshot import (
    Alert,
    IntakesView,
    QueueView,
    RaceView,
    ServerView,
    Severity,
    Snapshot,
    WorkersView,
)

DEPTH_HOLD_MS = 5_000
SHORT_HOLD_MS = 3_000
"""Long enough that a burst which drains by itself, or one late tick, is no alert."""

SILENT_SHOWN = 5
"""Silent pilots with an alert each; a lost network would bury every other alert under a hundred."""

_SILENT = "silent:"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Above what a value alerts. depth: items ready. oldest_s: age. latency_ms: of the tick's read.

    start_silent_s: after this a start under way may be taken over. before_gun_ms: when silent
    pilots begin to matter.
    """

    depth: Mapping[str, int] = field(default_factory=dict)
    default_depth: int = 2_000
    oldest_s: Mapping[str, float] = field(
        default_factory=lambda: {
            LIVE_POINTS: 30.0,
            FLYMASTER_POINTS: 30.0,
            UPLOAD_POINTS: 300.0,
            SCORING_POINTS: 600.0,
        }
    )
    latency_ms: float = 250.0
    start_silent_s: float = 5.0
    before_gun_ms: int = 30 * 60_000

    def depth_of(self, queue: str) -> int:
        """The depth of a queue above which it alerts."""
        return self.depth.get(queue, self.default_depth)


DEFAULTS = Thresholds()


def findings(snapshot: Snapshot, limits: Thresholds = DEFAULTS) -> Iterator[Finding]:
    """Look at everything that can be wrong; what the server alone knows stays as it is while it is away."""
    if not snapshot.server.is_up:
        yield _server_away(snapshot.server)
        for finding in _of_server(snapshot, limits):
            yield replace(finding, level=Level.BETWEEN)
    else:
        yield from _of_server(snapshot, limits)
    if snapshot.race:
        yield from _race_files(snapshot.race)
        yield from _silent_pilots(snapshot, snapshot.race, limits)


def fold_silent(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    """Fold the alerts of silent pilots after the first SILENT_SHOWN into one."""
    silent = [alert for alert in alerts if alert.key.startswith(_SILENT)]
    rest = silent[SILENT_SHOWN:]
    if not rest:
        return tuple(alerts)
    folded = {alert.key for alert in rest}
    text = f"{len(rest)} more pilots silent"
    more = Alert("silent-more", rest[0].severity, text, since_ms=rest[0].since_ms)
    return (*(alert for alert in alerts if alert.key not in folded), more)


def _of_server(snapshot: Snapshot, limits: Thresholds) -> Iterator[Finding]:
    yield from _server(snapshot.server, limits)
    for queue in snapshot.queues:
        yield from _queue(queue, limits)
    yield from of_people(snapshot)
    yield from _workers(snapshot.workers, snapshot.queues)
    yield from _intakes(snapshot.intakes)
    if snapshot.race:
        yield from _start(snapshot.race, limits)
        yield from _gun_passed(snapshot.race)


def _server_away(server: ServerView) -> Finding:
    reason = f": {server.error}" if server.error else ""
    return Finding("server", Severity.CRITICAL, f"queue server does not answer{reason}")


def _server(server: ServerView, limits: Thresholds) -> Iterator[Finding]:
    latency_ms = server.latency_ms or 0.0
    level = level_of(latency_ms, limits.latency_ms, limits.latency_ms / 2)
    text = f"queue server slow: answers in {latency_ms:.0f} ms"
    yield Finding("server-slow", Severity.WARNING, text, level, SHORT_HOLD_MS)
    if not server.is_durable:
        problems = "; ".join(server.problems) or "writes are answered before they are on disk"
        yield Finding("server-lossy", Severity.WARNING, f"queue server can lose points: {problems}")


def _queue(view: QueueView, limits: Thresholds) -> Iterator[Finding]:
    name, dead = view.queue, view.stats.dead
    depth_level = level_of(view.depth, view.limit, view.limit * 0.8)
    depth_text = f"{name} depth {view.depth:,} > {view.limit:,}"
    yield Finding(f"depth:{name}", Severity.WARNING, depth_text, depth_level, DEPTH_HOLD_MS)
    oldest_limit_s = limits.oldest_s.get(name)
    if oldest_limit_s is not None:
        oldest_level = level_of(view.oldest_s, oldest_limit_s, oldest_limit_s / 2)
        oldest_text = f"{name} oldest item {view.oldest_s:.0f} s > {oldest_limit_s:.0f} s"
        yield Finding(f"oldest:{name}", Severity.WARNING, oldest_text, oldest_level, SHORT_HOLD_MS)
    if dead:
        letters = "1 dead letter" if dead == 1 else f"{dead:,} dead letters"
        yield Finding(f"dead:{name}", Severity.WARNING, f"{name} has {letters}")
    if view.stats.lost_items:
        text = f"{name} lost {view.stats.lost_items:,} items: their payloads are gone"
        yield Finding(f"lost:{name}", Severity.CRITICAL, text)
    if view.stats.is_paused:
        yield Finding(f"paused:{name}", Severity.WARNING, f"{name} is paused")


def _workers(workers: WorkersView, queues: Sequence[QueueView]) -> Iterator[Finding]:
    waiting = sum(view.stats.total_pending for view in queues if not view.stats.is_paused)
    if waiting and not workers.alive:
        text = f"no worker alive while {waiting:,} items wait"
        yield Finding("no-worker", Severity.CRITICAL, text, hold_ms=SHORT_HOLD_MS)
    elif workers.alive < workers.expected:
        text = f"{workers.alive} of {workers.expected} workers alive"
        yield Finding("few-workers", Severity.WARNING, text, hold_ms=SHORT_HOLD_MS)
    for trouble in workers.troubles:
        yield Finding(f"trouble:{trouble}", Severity.CRITICAL, f"worker cannot store: {trouble}")


def _intakes(intakes: IntakesView) -> Iterator[Finding]:
    if intakes.breaker is not BreakerState.CLOSED:
        reason = f": {intakes.reason}" if intakes.reason else ""
        text = f"intake breaker {intakes.breaker}{reason}"
        yield Finding("breaker", Severity.WARNING, text, hold_ms=SHORT_HOLD_MS)
    if intakes.spool_items:
        items = "1 item" if intakes.spool_items == 1 else f"{intakes.spool_items:,} items"
        text = f"{items} accepted into the spool, not in the server yet"
        yield Finding("spool", Severity.WARNING, text, hold_ms=SHORT_HOLD_MS)


def _start(race: RaceView, limits: Thresholds) -> Iterator[Finding]:
    silent_s = race.start_silent_s
    if race.state is RaceState.STARTING and silent_s is not None and silent_s > limits.start_silent_s:
        text = f"start by {race.started_by} stalled {silent_s:.0f} s ago: start again to finish it"
        yield Finding("start-stalled", Severity.CRITICAL, text)


def _gun_passed(race: RaceView) -> Iterator[Finding]:
    """Who recalled a start knows that the gun has passed; a race of another day waits on its own clock."""
    is_first = race.state is RaceState.READY and race.pass_number == 1
    if is_first and not race.has_own_clock and race.clock_ms >= race.gun_ms:
        text = f"{race.race_id} is not started, and its gun has passed"
        yield Finding("gun-passed", Severity.CRITICAL, text, hold_ms=SHORT_HOLD_MS)


def _race_files(race: RaceView) -> Iterator[Finding]:
    if race.problems:
        problems = "1 problem" if len(race.problems) == 1 else f"{len(race.problems):,} problems"
        yield Finding("race-files", Severity.WARNING, f"{problems} in {race.race_id}'s files")


def _silent_pilots(snapshot: Snapshot, race: RaceView, limits: Thresholds) -> Iterator[Finding]:
    if race.state not in (RaceState.READY, RaceState.COUNTDOWN):
        return
    if not 0 <= race.gun_ms - race.clock_ms <= limits.before_gun_ms:
        return
    for pilot in snapshot.pilots:
        if pilot.state is PilotState.SILENT:
            silent_s = f" {pilot.age_s:.0f} s" if pilot.age_s is not None else ""
            text = f"bib {pilot.bib} silent{silent_s}"
            yield Finding(f"{_SILENT}{pilot.bib}", Severity.WARNING, text, hold_ms=SHORT_HOLD_MS)
