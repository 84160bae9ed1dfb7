"""A copy of another store, whatever is being written to it meanwhile; the other is not changed."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

from racecontrol.store.sqlite_errors import translated

_PAGES: Final = 2_000
"""Copied at once, 8 MB; between two such steps others may write."""

_MAGIC: Final = b"SQLite format 3\0"


def is_database(head: bytes) -> bool:
    """Whether bytes that begin so are an SQLite database."""
    return head.startswith(_MAGIC)


def copy_store(source: Path, target: Path) -> None:
    """Copy a database, whole or not at all. Raises: StoreError."""
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with translated(source):
        reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
        writing = sqlite3.connect(unfinished)
        try:
            reading.backup(writing, pages=_PAGES)
        finally:
            reading.close()
            writing.close()
    os.replace(unfinished, target)
