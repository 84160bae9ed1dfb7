"""The race log in SQLite: one row an entry, known by its id in the server's stream, kept for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.severity import Severity

_NEWEST = "SELECT created_at, sequence FROM race_log ORDER BY created_at DESC, sequence DESC LIMIT 1"

_ENTRIES = """
    SELECT created_at, sequence, race_id, operator, what, why, severity FROM race_log
    WHERE :race_id IS NULL OR race_id IN (:race_id, '') ORDER BY created_at, sequence"""


def add_entries(connection: sqlite3.Connection, entries: Sequence[LogEntry]) -> None:
    """Add the entries that are not there yet."""
    connection.executemany("INSERT OR IGNORE INTO race_log VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, entries))


def newest_id(connection: sqlite3.Connection) -> str | None:
    """The id of the last entry in time; None without any."""
    row = connection.execute(_NEWEST).fetchone()
    return None if row is None else _entry_id(*row)


def read_entries(connection: sqlite3.Connection, race_id: str | None) -> list[LogEntry]:
    """A race's entries and the whole site's, or all, oldest first."""
    return [_entry(*row) for row in connection.execute(_ENTRIES, {"race_id": race_id})]


def _row(entry: LogEntry) -> tuple[int | str, ...]:
    created_at, _, sequence = entry.entry_id.partition("-")
    told = (entry.race_id, entry.operator, entry.what, entry.why, entry.severity.value)
    return (int(created_at), int(sequence), *told)


def _entry(created_at: int, sequence: int, *told: Any) -> LogEntry:
    race_id, operator, what, why, severity = told
    entry_id = _entry_id(created_at, sequence)
    return LogEntry(entry_id, created_at, race_id, operator, what, why, Severity(severity))


def _entry_id(created_at: int, sequence: int) -> str:
    return f"{created_at}-{sequence}"
