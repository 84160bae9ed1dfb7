"""The sole right to one migration: a lock beside what is staged, which ends with the process at most."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from racecontrol.errors import RaceControlError
from racecontrol.server.locks import open_lock, try_exclusive


class MigrationLock:
    """Held from here on until it is closed. The file is then deleted."""

    def __init__(self, path: Path, name: str) -> None:
        """name: what is migrated. Raises: RaceControlError where another run holds it."""
        descriptor = _claim(path)
        if descriptor is None:
            raise RaceControlError(f"{name} is being migrated already", advice="wait for that run, or end it")
        self._path, self._descriptor = path, descriptor

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)


def _claim(path: Path) -> int | None:
    while True:
        descriptor = open_lock(path)
        if not try_exclusive(descriptor):
            os.close(descriptor)
            return None
        # Whoever held it may have deleted it after it was opened here.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)
