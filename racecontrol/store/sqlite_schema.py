"""Opening of a SQLite database: settings that keep what is committed, and the newest schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.errors import ConfigError, StoreError
from racecontrol.store.sqlite_errors import translated

APPLICATION_ID: Final = 0x72635231
"""Marks the file as ours ("rcR1"), so that no other program's database is ever migrated."""

BUSY_TIMEOUT_S: Final = 10.0
"""How long to wait for another process's transaction; the longest of ours takes 0.1 s."""


def open_connection(path: Path) -> sqlite3.Connection:
    """Open the database, making the file and its folder, with the newest schema.

    Raises: ConfigError where its folder cannot be made; StoreUnavailable where it cannot be opened or is
    damaged; StoreError where it belongs to another program or was written by a newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigError(
            f"the folder {path.parent} of the database cannot be made ({exc.strerror or exc})",
            advice="name another with --data-dir or --database-url",
        ) from exc
    with translated(path):
        # The store guards the connection by a lock of its own, whatever thread it is called in.
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        try:
            _migrate(connection, path)
            _enter_wal(connection)
            # FULL: the ack that follows a commit deletes the only other copy. Measured: 1 % slower.
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    migrations = _migrations()
    if _identity(connection) == (APPLICATION_ID, len(migrations)):
        return
    # Several processes may open a new site at once: only what is read under the lock counts.
    connection.execute("BEGIN IMMEDIATE")
    try:
        application, version = _identity(connection)
        _refuse_foreign(connection, application, path)
        _refuse_newer(version, len(migrations), path)
        for number, script in enumerate(migrations[version:], version + 1):
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _refuse_foreign(connection: sqlite3.Connection, application: int, path: Path) -> None:
    is_empty = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if application != APPLICATION_ID and not is_empty:
        raise StoreError(
            f"the database {path} belongs to another program", advice="name another with --database-url"
        )


def _refuse_newer(version: int, newest: int, path: Path) -> None:
    if version > newest:
        raise StoreError(
            f"the database {path} has schema {version}, and this program knows {newest}",
            advice="update racecontrol, or name another database with --database-url",
        )


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, once in the life of a file.

    SQLite answers "locked" at once, without the busy timeout, where two processes try it together.
    """
    give_up_s = SYSTEM_CLOCK.monotonic_s() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode != sqlite3.SQLITE_BUSY or SYSTEM_CLOCK.monotonic_s() > give_up_s:
                raise
        else:
            return


def _migrations() -> list[str]:
    """The scripts of schema/, in the order of their names; the first makes version 1."""
    folder = files("racecontrol.store").joinpath("schema")
    scripts = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda e: e.name
    )
    return [script.read_text(encoding="utf-8") for script in scripts]


def _statements(script: str) -> Iterator[str]:
    """One statement at a time: `executescript` would commit the transaction that we are in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _identity(connection: sqlite3.Connection) -> tuple[int, int]:
    """Whose file it is, and the version of its schema; both 0 in a new file."""
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    return int(application), int(version)
