"""`Sample`: what one read of the server told, at one moment of the server's clock. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.domain.baseline import Baseline
from racecontrol.domain.log_entry import LogEntry
from racecontrol.queues.metrics import PipelineTotals
from racecontrol.queues.model import QueueStats
from racecontrol.state.intakes import IntakeBeat
from racecontrol.state.model import Mode, RaceStatus, ReplayStatus, Worker
from racecontrol.state.sos import SosCall
from racecontrol.state.trackers import UnknownTracker


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What INFO tells of the server."""

    version: str
    used_memory_bytes: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One read of the server. time_ms: its clock. latency_ms: of the read, as this process saw it.

    baseline: the measured cost of single calls, None where nobody measured it yet.
    workers, intakes: those alive. race, replay: of the race asked for, else None. log: entries since the
    sample before, oldest first. sos: the latest call of each pilot. trackers: those that no pilot owns.
    """

    time_ms: int
    latency_ms: float
    queues: tuple[QueueStats, ...]
    totals: PipelineTotals
    baseline: Baseline | None
    mode: Mode
    workers: tuple[Worker, ...]
    server: ServerFacts
    race: RaceStatus | None = None
    replay: ReplayStatus | None = None
    log: tuple[LogEntry, ...] = ()
    sos: tuple[SosCall, ...] = ()
    trackers: tuple[UnknownTracker, ...] = ()
    intakes: tuple[IntakeBeat, ...] = ()
