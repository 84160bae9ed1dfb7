"""The contract of a store: what every database behind racecontrol does, and the values it deals in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from racecontrol.domain.baseline import Baseline
from racecontrol.domain.depth import QueueDepth
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.operation import Operation
from racecontrol.store.bulk import Scored, ScoredVersion, Upload
from racecontrol.store.reports import Report, ReportSpan


@dataclass(frozen=True, slots=True)
class Written:
    """What a `write` did. rows: offered. new: stored now. conflicts: same flight and time, other position."""

    rows: int
    new: int
    conflicts: int


def total(parts: Sequence[Written]) -> Written:
    """What several parts of one write did together."""
    return Written(
        sum(part.rows for part in parts),
        sum(part.new for part in parts),
        sum(part.conflicts for part in parts),
    )


@dataclass(frozen=True, slots=True)
class FlightSummary:
    """What the store knows of a flight, with its last fix. Units as in `Fixes`; None where unknown."""

    flight: Flight
    points: int
    conflicts: int
    first_ms: int
    last_ms: int
    last_lat_e7: int
    last_lon_e7: int
    last_alt_m: int | None
    last_speed_cm_s: int | None


class Store(Protocol):
    """Where points stay. Synchronous: callers that must not wait run it in a thread.

    Every method raises StoreError where the database cannot do it; nothing is then half done.
    """

    def write(self, batch: Sequence[Fixes]) -> Written:
        """Store a batch in one transaction, synced; idempotent on flight and time, the first written wins."""

    def record(self, operations: Sequence[Operation]) -> None:
        """Add rows to the ledger and drop those older than 7 days."""

    def record_depths(self, depths: Sequence[QueueDepth], baseline: Baseline | None) -> None:
        """Keep how full the queues were, and the baseline as last measured, for 7 days."""

    def report(self, span: ReportSpan) -> Report:
        """Sum up the operations, depths and baselines of a span."""

    def track(
        self, flight_id: str, *, since_ms: int | None = None, most_points: int | None = None
    ) -> Fixes | None:
        """The stored points of a flight, by time; None for a flight the store does not know.

        since_ms, most_points: only those from a time on, and so many, to read a long flight in pieces.
        """

    def score(self, batch: Sequence[Scored]) -> Written:
        """Keep points as versions of their flights in one transaction, synced; idempotent on run and time."""

    def versions(self, race_id: str, flight_id: str | None = None) -> list[ScoredVersion]:
        """The versions of a race's flights, or of one of them, by flight id and then by age."""

    def scored(self, version: ScoredVersion) -> Fixes:
        """The points of a version, by time."""

    def record_uploads(self, uploads: Sequence[Upload]) -> None:
        """Remember files whose points were accepted."""

    def uploads(self, race_id: str) -> frozenset[str]:
        """The digests of the files that were accepted for a race."""

    def flights(self, race_id: str | None = None) -> list[FlightSummary]:
        """Every flight, or those of one race, by flight id."""

    def operations(self, since_ms: int = 0) -> list[Operation]:
        """The ledger's rows from `since_ms` on, oldest first."""

    def record_log(self, entries: Sequence[LogEntry]) -> None:
        """Keep entries of the race log, for good; idempotent on their ids.

        Waits a second at most for other writers: every process keeps the same entries.
        """

    def newest_log_id(self) -> str | None:
        """The id of the last entry in time; None without any."""

    def log(self, race_id: str | None = None) -> list[LogEntry]:
        """A race's entries and those of the whole site, or all there are, oldest first."""

    def close(self) -> None:
        """Give the database back."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
