"""Rows into `track_points` by the driver alone: what the store's own writing is measured against."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from racecontrol.domain.fixes import Fixes
from racecontrol.store.sqlite_errors import translated
from racecontrol.store.sqlite_schema import open_connection

Row: TypeAlias = tuple[int, ...]
"""flight_no, time_ms, lat_e7, lon_e7, gnss_alt_m, pressure_alt_m."""


def bare_rows(flights: Sequence[Fixes]) -> list[Row]:
    """Ready-made rows of flights that have both heights everywhere."""
    rows: list[Row] = []
    for flight_no, fixes in enumerate(flights, 1):
        columns = (fixes.time_ms, fixes.lat_e7, fixes.lon_e7, fixes.gnss_alt_m, fixes.pressure_alt_m)
        values = [column.tolist() for column in columns if column is not None]
        rows += zip([flight_no] * len(fixes), *values, strict=True)
    return rows


def bare_insert(path: Path, rows: Sequence[Row]) -> None:
    """One `executemany` of the rows in one synced transaction, into a fresh store at `path`.

    Raises: StoreError.
    """
    with translated(path):
        connection = open_connection(path)
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(
                "INSERT INTO track_points (flight_no, time_ms, lat_e7, lon_e7, gnss_alt_m, pressure_alt_m)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            connection.execute("COMMIT")
        finally:
            connection.close()
