"""From what --database-url says to a store."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from racecontrol.errors import ConfigError
from racecontrol.store.base import Store
from racecontrol.store.sqlite import SqliteStore

_SQLITE: Final = "sqlite:///"


def open_store(place: str | Path) -> Store:
    """Open the database at a path or a sqlite:///PATH, making it if need be.

    As elsewhere, a fourth slash begins an absolute path.

    Raises: ConfigError for any other URL; StoreError where the database cannot be used.
    """
    if isinstance(place, Path):
        return SqliteStore(place)
    if place.startswith(_SQLITE) and len(place) > len(_SQLITE):
        return SqliteStore(Path(place.removeprefix(_SQLITE)).expanduser())
    raise ConfigError("database-url: no such kind of database", advice="write sqlite:///PATH")
