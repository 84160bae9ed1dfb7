"""Rows of `flights` in SQLite: what is known of a flight without reading its points."""

from __future__ import annotations

import sqlite3
from typing import Final

from racecontrol.domain.fixes import MISSING, Fixes, Flight, Int32Column
from racecontrol.store.base import FlightSummary

_SUMMARY: Final = """
    SELECT flight_id, race_id, bib, source, points, conflicts,
           first_ms, last_ms, last_lat_e7, last_lon_e7, last_alt_m, last_speed_cm_s
    FROM flights"""

_COUNT: Final = """
    UPDATE flights SET
        race_id = CASE race_id WHEN '' THEN :race_id ELSE race_id END,
        bib = CASE bib WHEN '' THEN :bib ELSE bib END,
        source = CASE source WHEN '' THEN :source ELSE source END,
        points = points + :new,
        conflicts = conflicts + :conflicts,
        first_ms = min(coalesce(first_ms, :first_ms), :first_ms)
    WHERE flight_no = :flight_no"""

_MOVE: Final = """
    UPDATE flights SET
        last_ms = :last_ms, last_lat_e7 = :lat_e7, last_lon_e7 = :lon_e7,
        last_alt_m = :alt_m, last_speed_cm_s = :speed_cm_s
    WHERE flight_no = :flight_no AND coalesce(last_ms < :last_ms, TRUE)"""


def number_flight(connection: sqlite3.Connection, flight_id: str) -> int:
    """The number under which the flight's points are stored; a new one for a flight not seen before."""
    connection.execute("INSERT OR IGNORE INTO flights (flight_id) VALUES (?)", (flight_id,))
    row = connection.execute("SELECT flight_no FROM flights WHERE flight_id = ?", (flight_id,)).fetchone()
    return int(row[0])


def find_flight(connection: sqlite3.Connection, flight_id: str) -> tuple[int, Flight] | None:
    """The number and the flight of this id, or None."""
    row = connection.execute(
        "SELECT flight_no, flight_id, race_id, bib, source FROM flights WHERE flight_id = ?", (flight_id,)
    ).fetchone()
    return None if row is None else (int(row[0]), Flight(*row[1:]))


def update_flight(
    connection: sqlite3.Connection, flight_no: int, fixes: Fixes, *, new: int, conflicts: int
) -> None:
    """Count what a write added, and move the last fix on where these are later.

    What the flight was told first stands (race, bib, source); blanks are filled in.
    """
    flight = fixes.flight
    told = {"race_id": flight.race_id, "bib": flight.bib, "source": flight.source}
    counted = {"new": new, "conflicts": conflicts, "first_ms": int(fixes.time_ms[0])}
    connection.execute(_COUNT, {"flight_no": flight_no, **told, **counted})
    connection.execute(_MOVE, {"flight_no": flight_no, **_last_fix(fixes)})


def summaries(connection: sqlite3.Connection, race_id: str | None) -> list[FlightSummary]:
    """Every flight, or those of one race, by flight id."""
    if race_id is None:
        rows = connection.execute(f"{_SUMMARY} ORDER BY flight_id")
    else:
        rows = connection.execute(f"{_SUMMARY} WHERE race_id = ? ORDER BY flight_id", (race_id,))
    return [FlightSummary(Flight(*row[:4]), *row[4:]) for row in rows]


def _last_fix(fixes: Fixes) -> dict[str, int | None]:
    gnss_alt_m = _last(fixes.gnss_alt_m)
    return {
        "last_ms": int(fixes.time_ms[-1]),
        "lat_e7": int(fixes.lat_e7[-1]),
        "lon_e7": int(fixes.lon_e7[-1]),
        "alt_m": _last(fixes.pressure_alt_m) if gnss_alt_m is None else gnss_alt_m,
        "speed_cm_s": _last(fixes.speed_cm_s),
    }


def _last(column: Int32Column | None) -> int | None:
    value = MISSING if column is None else int(column[-1])
    return None if value == MISSING else value
