"""The ledger `queue_operations` in SQLite: one row an enqueue call, kept for a week."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from racecontrol.domain.operation import Method, Operation

KEPT_MS: Final = 7 * 24 * 3_600_000

_COLUMNS: Final = "created_at, queue, method, point_count, item_count, duration_ms, outcome"


def add_operations(connection: sqlite3.Connection, operations: Sequence[Operation]) -> None:
    """Add one row an operation."""
    connection.executemany(
        f"INSERT INTO queue_operations ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", map(_row, operations)
    )


def drop_operations(connection: sqlite3.Connection, before_ms: int) -> None:
    """Forget the operations before a time, by the index on time."""
    connection.execute("DELETE FROM queue_operations WHERE created_at < ?", (before_ms,))


def read_operations(connection: sqlite3.Connection, since_ms: int) -> list[Operation]:
    """The operations from `since_ms` on, oldest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM queue_operations WHERE created_at >= ? ORDER BY created_at, operation_no",
        (since_ms,),
    )
    return [Operation(created_at, queue, Method(method), *rest) for created_at, queue, method, *rest in rows]


def _row(operation: Operation) -> tuple[int, str, str, int, int, float, str]:
    return (
        operation.created_at_ms,
        operation.queue,
        operation.method.value,
        operation.point_count,
        operation.item_count,
        operation.duration_ms,
        operation.outcome,
    )
