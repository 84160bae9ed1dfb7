"""The border where sqlite3's errors end: which are the batch's fault, and what to do about the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from racecontrol.errors import StoreError, StoreUnavailable

_FULL: Final = ("its disk is full", "free some space; what waits in the queue is safe")

_UNAVAILABLE: Final = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR_SHMSIZE": _FULL,
    "SQLITE_BUSY": ("another process holds it", "close what has it open for writing"),
    "SQLITE_LOCKED": ("another process holds it", "close what has it open for writing"),
    "SQLITE_PROTOCOL": ("another process holds it", "close what has it open for writing"),
    "SQLITE_READONLY": ("it may not be written", "check the owner and mode of the file and its folder"),
    "SQLITE_PERM": ("it may not be opened", "check the owner and mode of the file and its folder"),
    "SQLITE_CANTOPEN": ("it cannot be opened", "check that its folder exists and may be written"),
    "SQLITE_IOERR": ("its disk fails", "check the disk; what waits in the queue is safe"),
    "SQLITE_CORRUPT": ("it is damaged", "move it aside and restore a copy, or let a new one be made"),
    "SQLITE_NOTADB": ("it is no SQLite database", "move it aside, or name another with --database-url"),
    "SQLITE_NOMEM": ("memory is short", "end other programs"),
}
"""Result codes that say nothing about what was written: any other write would have failed as well.

Primary ones, and SHMSIZE of IOERR: no room even for the index of the write-ahead log.
"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn sqlite3's errors into ours.

    Raises: StoreUnavailable where the database takes nothing at the moment; StoreError where it
    refuses what it was given.
    """
    try:
        yield
    except UnicodeError as exc:
        raise StoreError(f"the database {path} refuses text that is none ({exc})") from exc
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorname", "")
        known = _UNAVAILABLE.get(code) or _UNAVAILABLE.get(_primary(code))
        if known is None:
            raise StoreError(f"the database {path} refuses ({exc})") from exc
        what, advice = known
        raise StoreUnavailable(f"the database {path} cannot be used: {what}", advice=advice) from exc


def _primary(code: str) -> str:
    """SQLITE_IOERR of SQLITE_IOERR_WRITE; "" of an error that Python's module made up itself."""
    return "_".join(code.split("_")[:2])
