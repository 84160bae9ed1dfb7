"""What all processes share, as values. Times: the server's, ms UTC. Texts were cleaned on their way in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from racecontrol.domain.race import RaceState


@dataclass(frozen=True, slots=True)
class RaceStatus:
    """Where a race stands in the server.

    state: READY, STARTING or RUNNING. operator: who brought it there, at since_ms; "" and None
    for a race nobody has started. done, total, beat_ms: of a start under way. report_json: of a
    finished one, else "". recalled_by: who recalled the pass before, else "".
    """

    race_id: str
    state: RaceState = RaceState.READY
    pass_number: int = 1
    operator: str = ""
    since_ms: int | None = None
    beat_ms: int | None = None
    done: int = 0
    total: int = 0
    report_json: str = ""
    recalled_by: str = ""


class ClaimOutcome(StrEnum):
    """What came of asking to start a race."""

    WON = "won"
    RESUMED = "resumed"
    HELD = "held"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class StartClaim:
    """Who may start the race: the caller (WON, RESUMED), or status.operator (HELD, FINISHED)."""

    outcome: ClaimOutcome
    status: RaceStatus

    @property
    def is_ours(self) -> bool:
        """The caller is the one to gather and enqueue this pass."""
        return self.outcome in (ClaimOutcome.WON, ClaimOutcome.RESUMED)


@dataclass(frozen=True, slots=True)
class Mode:
    """Competition mode, who set it last and when; never set is off."""

    is_competition: bool = False
    operator: str = ""
    since_ms: int | None = None


@dataclass(frozen=True, slots=True)
class WorkerBeat:
    """What a worker's heartbeat tells. Totals since it began. trouble: why it cannot store, else ""."""

    worker_id: str
    pid: int
    host: str
    rows_total: int
    points_total: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker heard of lately."""

    beat: WorkerBeat
    beat_ms: int


@dataclass(frozen=True, slots=True)
class ReplayStatus:
    """How far the replay of a race is. position_ms: the race's clock, UTC. speed: None as fast as it goes.

    is_playing: False once it was ended; a player that died leaves True and an old beat_ms.
    """

    race_id: str
    position_ms: int
    speed: float | None
    operator: str
    beat_ms: int
    is_playing: bool
