"""The border where sqlite3's errors of the spool end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from racecontrol.errors import BuffersFull

RETRY_AFTER_S: Final = 5.0
"""What a sender is told: a disk is not freed, nor a server brought back, within a second."""

_FULL: Final = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")
"""No room for an item, or none even for the index of the write-ahead log."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn sqlite3's and the file system's errors into ours. Raises: BuffersFull with the reason."""
    try:
        yield
    except (sqlite3.Error, OSError) as exc:
        code = getattr(exc, "sqlite_errorname", "")
        what = "it is full" if code in _FULL else str(exc)
        raise BuffersFull(
            f"the spool {path} takes nothing: {what}",
            advice="free space on its disk, raise spool_bytes, or bring the server back",
            retry_after_s=RETRY_AFTER_S,
        ) from exc
