"""Rows of uploads and of scored versions in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.store.base import Written
from racecontrol.store.bulk import Scored, ScoredVersion, Upload
from racecontrol.store.sqlite_columns import SCORED_POINTS, insert_fixes, read_fixes

_NEW_VERSION: Final = """
    INSERT OR IGNORE INTO scored_versions (flight_id, run, race_id, bib, source, asked_at, conflicts)
    VALUES (:flight_id, :run, :race_id, :bib, :source, :asked_at,
            coalesce((SELECT conflicts FROM flights WHERE flight_id = :flight_id), 0))"""

_VERSION: Final = """
    SELECT version_no, flight_id, race_id, bib, source, run, asked_at, conflicts, points
    FROM scored_versions"""


def add_uploads(connection: sqlite3.Connection, uploads: Sequence[Upload]) -> None:
    """Remember the files; one that is known stays as it is."""
    connection.executemany(
        "INSERT OR IGNORE INTO uploads VALUES (?, ?, ?, ?, ?, ?)",
        [
            (one.digest, one.race_id, one.flight_id, one.file_name, one.points, one.accepted_at_ms)
            for one in uploads
        ],
    )


def upload_digests(connection: sqlite3.Connection, race_id: str) -> frozenset[str]:
    """The digests of all files of a race."""
    rows = connection.execute("SELECT digest FROM uploads WHERE race_id = ?", (race_id,))
    return frozenset(digest for (digest,) in rows)


def add_scored(connection: sqlite3.Connection, scored: Scored) -> Written:
    """Add points to their version, making it with its first points."""
    flight = scored.fixes.flight
    told = {"flight_id": flight.flight_id, "run": scored.run}
    about = {"race_id": flight.race_id, "bib": flight.bib, "source": flight.source}
    connection.execute(_NEW_VERSION, {**told, **about, "asked_at": scored.asked_at_ms})
    (version_no,) = connection.execute(
        "SELECT version_no FROM scored_versions WHERE flight_id = :flight_id AND run = :run", told
    ).fetchone()
    new = insert_fixes(connection, version_no, scored.fixes, SCORED_POINTS)
    connection.execute(
        "UPDATE scored_versions SET points = points + ? WHERE version_no = ?", (new, version_no)
    )
    return Written(len(scored.fixes), new, 0)


def read_versions(connection: sqlite3.Connection, race_id: str, flight_id: str | None) -> list[ScoredVersion]:
    """The versions of a race's flights, or of one flight, by flight and age."""
    rows = connection.execute(
        f"{_VERSION} WHERE race_id = ?1 AND (?2 IS NULL OR flight_id = ?2) ORDER BY flight_id, version_no",
        (race_id, flight_id),
    )
    return [ScoredVersion(row[0], Flight(*row[1:5]), *row[5:]) for row in rows]


def read_scored(connection: sqlite3.Connection, version: ScoredVersion) -> Fixes:
    """The points of a version, by time."""
    return read_fixes(connection, version.version_no, version.flight, table=SCORED_POINTS)
