"""The ledger `queue_operations` in SQLite: one row an operation, kept for a week."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from racecontrol.domain.operation import Method, Operation

KEPT_MS: Final = 7 * 24 * 3_600_000

_COLUMNS: Final = "created_at, queue, method, point_count, item_count, duration_ms, outcome, races, new_count"


def add_operations(connection: sqlite3.Connection, operations: Sequence[Operation]) -> None:
    """Add one row an operation."""
    connection.executemany(
        f"INSERT INTO queue_operations ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_row, operations)
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
    return list(map(_operation, rows))


def _operation(row: Sequence[Any]) -> Operation:
    at, queue, method, points, items, duration_ms, outcome, races, new_count = row
    return Operation(
        at, queue, Method(method), points, items, duration_ms, outcome, tuple(races.split()), new_count
    )


def _row(operation: Operation) -> tuple[int | float | str | None, ...]:
    return (
        operation.created_at_ms,
        operation.queue,
        operation.method.value,
        operation.point_count,
        operation.item_count,
        operation.duration_ms,
        operation.outcome,
        " ".join(operation.races),
        operation.new_count,
    )
