"""`SqliteStore`: the store of a site without a database server: one file, copied and opened anywhere."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from racecontrol.domain.baseline import Baseline
from racecontrol.domain.checkpoint import Checkpoint, pass_by
from racecontrol.domain.depth import QueueDepth
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.operation import Operation
from racecontrol.store import sqlite_bulk, sqlite_flights, sqlite_ledger, sqlite_log, sqlite_reports
from racecontrol.store.base import FlightSummary, Written, total
from racecontrol.store.bulk import Scored, ScoredVersion, Upload
from racecontrol.store.reports import Report, ReportSpan
from racecontrol.store.sqlite_columns import BEFORE_ALL_MS, insert_conflicts, insert_fixes, read_fixes
from racecontrol.store.sqlite_errors import translated
from racecontrol.store.sqlite_schema import BUSY_TIMEOUT_S, open_connection

_PURGE_EVERY_MS: Final = 3_600_000
_LOG_PATIENCE_S: Final = 1.0
"""How often the ledger is cleared of what is too old: not at every call, which comes once a second."""


class SqliteStore:
    """One connection, which any thread may use; the calls of several threads wait for each other.

    Other processes read while one writes, and wait for each other's writes.
    """

    def __init__(self, path: Path, checkpoint: Checkpoint = pass_by) -> None:
        """Open the file, making it if need be. checkpoint: is told "before commit".

        Raises: StoreError where it is not ours, or newer; StoreUnavailable where it cannot be used.
        """
        self.path = path
        self._connection = open_connection(path)
        self._lock = threading.Lock()
        self._flight_numbers: dict[str, int] = {}
        self._purged_at_ms = 0
        self._checkpoint = checkpoint

    def write(self, batch: Sequence[Fixes]) -> Written:
        """Store a batch in one transaction, synced; idempotent on flight and time, the first written wins.

        A flight's race, bib and source are those told first; blanks are filled in later.
        """
        with self._transaction() as connection:
            parts = [self._add(connection, fixes) for fixes in batch if len(fixes)]
        return total(parts)

    def record(self, operations: Sequence[Operation]) -> None:
        """Add rows to the ledger. Those older than 7 days go at the first call and then once an hour."""
        if not operations:
            return
        newest_ms = max(operation.created_at_ms for operation in operations)
        is_purge_due = newest_ms >= self._purged_at_ms + _PURGE_EVERY_MS
        with self._transaction() as connection:
            sqlite_ledger.add_operations(connection, operations)
            if is_purge_due:
                sqlite_ledger.drop_operations(connection, newest_ms - sqlite_ledger.KEPT_MS)
        if is_purge_due:
            self._purged_at_ms = newest_ms

    def record_depths(self, depths: Sequence[QueueDepth], baseline: Baseline | None) -> None:
        """Keep how full the queues were and what was measured; what is older than 7 days goes."""
        if not depths:
            return
        oldest_ms = depths[0].sampled_at_ms - sqlite_ledger.KEPT_MS
        with self._transaction() as connection:
            sqlite_reports.add_depths(connection, depths, baseline)
            sqlite_reports.drop_depths(connection, oldest_ms)

    def report(self, span: ReportSpan) -> Report:
        """Sum up the operations, depths and baselines of a span."""
        with self._reading() as connection:
            return sqlite_reports.read_report(connection, span)

    def track(
        self, flight_id: str, *, since_ms: int | None = None, most_points: int | None = None
    ) -> Fixes | None:
        """The stored points of a flight, by time; None for a flight the store does not know.

        A column in which no fix has a value is None.
        """
        since_ms = BEFORE_ALL_MS if since_ms is None else since_ms
        with self._reading() as connection:
            found = sqlite_flights.find_flight(connection, flight_id)
            if found is None:
                return None
            return read_fixes(connection, *found, since_ms=since_ms, most_points=most_points)

    def score(self, batch: Sequence[Scored]) -> Written:
        """Keep points as versions of their flights in one transaction, synced; idempotent on run and time."""
        with self._transaction() as connection:
            parts = [sqlite_bulk.add_scored(connection, scored) for scored in batch if len(scored.fixes)]
        return total(parts)

    def versions(self, race_id: str, flight_id: str | None = None) -> list[ScoredVersion]:
        """The versions of a race's flights, or of one of them, by flight id and then by age."""
        with self._reading() as connection:
            return sqlite_bulk.read_versions(connection, race_id, flight_id)

    def scored(self, version: ScoredVersion) -> Fixes:
        """The points of a version, by time."""
        with self._reading() as connection:
            return sqlite_bulk.read_scored(connection, version)

    def record_uploads(self, uploads: Sequence[Upload]) -> None:
        """Remember files whose points were accepted."""
        with self._transaction() as connection:
            sqlite_bulk.add_uploads(connection, uploads)

    def uploads(self, race_id: str) -> frozenset[str]:
        """The digests of the files that were accepted for a race."""
        with self._reading() as connection:
            return sqlite_bulk.upload_digests(connection, race_id)

    def flights(self, race_id: str | None = None) -> list[FlightSummary]:
        """Every flight, or those of one race, by flight id. One query, whatever the number of points."""
        with self._reading() as connection:
            return sqlite_flights.summaries(connection, race_id)

    def operations(self, since_ms: int = 0) -> list[Operation]:
        """The ledger's rows from `since_ms` on, oldest first."""
        with self._reading() as connection:
            return sqlite_ledger.read_operations(connection, since_ms)

    def record_log(self, entries: Sequence[LogEntry]) -> None:
        """Keep entries of the race log, for good; idempotent on their ids. Waits a second at most."""
        with self._transaction(_LOG_PATIENCE_S) as connection:
            sqlite_log.add_entries(connection, entries)

    def newest_log_id(self) -> str | None:
        """The id of the last entry in time; None without any."""
        with self._reading() as connection:
            return sqlite_log.newest_id(connection)

    def log(self, race_id: str | None = None) -> list[LogEntry]:
        """A race's entries and those of the whole site, or all there are, oldest first."""
        with self._reading() as connection:
            return sqlite_log.read_entries(connection, race_id)

    def close(self) -> None:
        """Give the file back. The last process to leave folds the write-ahead log into it."""
        with self._reading() as connection:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self.path):
            yield self._connection

    @contextmanager
    def _transaction(self, patience_s: float = BUSY_TIMEOUT_S) -> Iterator[sqlite3.Connection]:
        """All or nothing: committed and synced at the end of the block, undone where it raises.

        patience_s: how long to wait for another process's.
        """
        with self._reading() as connection:
            connection.execute(f"PRAGMA busy_timeout = {int(patience_s * 1000)}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                self._checkpoint("before commit")
                connection.execute("COMMIT")
            except BaseException:
                # Numbers given to new flights are undone with them.
                self._flight_numbers.clear()
                # A full disk has already undone the transaction.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _add(self, connection: sqlite3.Connection, fixes: Fixes) -> Written:
        """Insert one piece of a flight."""
        flight_no = self._flight_no(connection, fixes.flight.flight_id)
        new = insert_fixes(connection, flight_no, fixes)
        # Only a fix that was ignored can be at odds, so the usual batch pays nothing for the question.
        differing, unknown = insert_conflicts(connection, flight_no, fixes) if new < len(fixes) else (0, 0)
        sqlite_flights.update_flight(connection, flight_no, fixes, new=new, conflicts=unknown)
        return Written(len(fixes), new, differing)

    def _flight_no(self, connection: sqlite3.Connection, flight_id: str) -> int:
        known = self._flight_numbers.get(flight_id)
        if known is None:
            known = self._flight_numbers[flight_id] = sqlite_flights.number_flight(connection, flight_id)
        return known
