"""Columns of `Fixes` to rows of `track_points` and back, at the speed of SQLite rather than of Python.

Measured on 127 tracks of 3,391 fixes: `executemany` of row tuples 670,000 rows/s; many rows in one
statement 1,180,000, with the flight's number bound once and absent columns not bound at all 2,200,000.
Binding None is the trap: unlike an int, it goes through Python's adapters, so MISSING is bound as
the number it is and SQLite makes NULL of it.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from itertools import chain
from typing import Final

import numpy as np

from racecontrol.domain.fixes import (
    COLUMNS,
    MISSING,
    OPTIONAL_COLUMNS,
    Fixes,
    Flight,
    Int32Column,
    Int64Column,
)

_REQUIRED: Final = COLUMNS[: -len(OPTIONAL_COLUMNS)]

_ROWS_A_STATEMENT: Final = (128, 16, 1)
"""Row counts that have a statement of their own. Longer are slower: 1000 rows by a tenth, 4000 by half."""


TRACK_POINTS: Final = ("track_points", "flight_no")
SCORED_POINTS: Final = ("scored_points", "version_no")
"""The tables of fixes, with the column that says whose they are."""

BEFORE_ALL_MS: Final = -(2**63)
"""A time no fix is before."""


def insert_fixes(
    connection: sqlite3.Connection, owner_no: int, fixes: Fixes, table: tuple[str, str] = TRACK_POINTS
) -> int:
    """Insert the fixes whose times the owner, a flight or a version, does not have yet; their number."""
    present = tuple(name for name in COLUMNS if getattr(fixes, name) is not None)
    rows = np.column_stack([getattr(fixes, name) for name in present])
    changes_before = connection.total_changes
    start = 0
    for size in _ROWS_A_STATEMENT:
        statement = _insert_statement(table, present, size)
        stop = start + (len(rows) - start) // size * size
        for at in range(start, stop, size):
            connection.execute(statement, [owner_no, *rows[at : at + size].ravel().tolist()])
        start = stop
    return connection.total_changes - changes_before


def insert_conflicts(connection: sqlite3.Connection, flight_no: int, fixes: Fixes) -> tuple[int, int]:
    """Note the fixes whose time is stored with another position: how many there are, how many were not known.

    Cost: one read of the flight's stored fixes between the first and the last of these.
    """
    stored = connection.execute(
        "SELECT time_ms, lat_e7, lon_e7 FROM track_points WHERE flight_no = ? AND time_ms BETWEEN ? AND ?",
        (flight_no, int(fixes.time_ms[0]), int(fixes.time_ms[-1])),
    ).fetchall()
    time_ms, lat_e7, lon_e7 = np.asarray(stored, np.int64).T
    at = np.searchsorted(time_ms, fixes.time_ms)
    differs = (lat_e7[at] != fixes.lat_e7) | (lon_e7[at] != fixes.lon_e7)
    other = fixes.select(differs)
    changes_before = connection.total_changes
    connection.executemany(
        "INSERT OR IGNORE INTO track_conflicts VALUES (?, ?, ?, ?)",
        zip(
            [flight_no] * len(other),
            other.time_ms.tolist(),
            other.lat_e7.tolist(),
            other.lon_e7.tolist(),
            strict=True,
        ),
    )
    return len(other), connection.total_changes - changes_before


def read_fixes(
    connection: sqlite3.Connection,
    owner_no: int,
    flight: Flight,
    *,
    since_ms: int = BEFORE_ALL_MS,
    most_points: int | None = None,
    table: tuple[str, str] = TRACK_POINTS,
) -> Fixes:
    """The fixes of a flight or a version from `since_ms` on by time; a column without any value is None."""
    name, owner = table
    columns = ", ".join([*_REQUIRED, *(f"coalesce({name}, {MISSING})" for name in OPTIONAL_COLUMNS)])
    rows = connection.execute(
        f"SELECT {columns} FROM {name} WHERE {owner} = ? AND time_ms >= ? ORDER BY time_ms LIMIT ?",
        (owner_no, since_ms, -1 if most_points is None else most_points),
    ).fetchall()
    values = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * len(COLUMNS))
    time_ms, lat_e7, lon_e7, *optional = values.reshape(-1, len(COLUMNS)).T
    return Fixes(
        flight,
        np.ascontiguousarray(time_ms),
        lat_e7.astype(np.int32),
        lon_e7.astype(np.int32),
        *(_none_if_empty(column) for column in optional),
    )


@cache
def _insert_statement(table: tuple[str, str], present: tuple[str, ...], rows: int) -> str:
    """?1 is the owner's number; then the values, row after row."""
    name, owner = table
    columns = len(present)

    def value(row: int, column: int) -> str:
        parameter = f"?{2 + row * columns + column}"
        return parameter if present[column] in _REQUIRED else f"nullif({parameter}, {MISSING})"

    values = ",".join(
        f"(?1,{','.join(value(row, column) for column in range(columns))})" for row in range(rows)
    )
    return f"INSERT OR IGNORE INTO {name} ({owner}, {', '.join(present)}) VALUES {values}"


def _none_if_empty(column: Int64Column) -> Int32Column | None:
    return None if (column == MISSING).all() else column.astype(np.int32)
