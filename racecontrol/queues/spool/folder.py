"""A site's folder of spools: one file a process, each with a lock that its process holds while it lives.

The kernel drops a lock when its process dies, however it dies, so who gets the lock of a file may drain it.
No name is used twice, so a file that was drained and deleted is never mistaken for a new one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from racecontrol.queues.spool.errors import translated
from racecontrol.queues.spool.file import SpoolFile, SpoolTotals
from racecontrol.server.locks import open_lock, try_exclusive
from racecontrol.settings import kept_in


@dataclass(frozen=True, slots=True)
class Lease:
    """The sole right to one file, as long as this process lives or until `give_back`."""

    path: Path
    descriptor: int

    def give_back(self) -> None:
        """Let others have the file."""
        os.close(self.descriptor)

    def discard(self) -> None:
        """Delete the file, which is empty, and end the lease."""
        for name in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm"), _lock_of(self.path)):
            # What cannot be deleted is empty, and the next process tries again.
            with suppress(OSError):
                name.unlink(missing_ok=True)
        os.close(self.descriptor)


@dataclass(frozen=True, slots=True)
class ListedSpool:
    """A spool of the site. is_alive: a process holds it; else whoever comes next drains it."""

    path: Path
    is_alive: bool
    totals: SpoolTotals


def new_lease(folder: Path) -> Lease:
    """A file name of this process's own, leased. Raises: BuffersFull where the folder cannot be written."""
    path = folder / f"{os.getpid()}-{uuid4().hex[:12]}.db"
    with translated(path):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lease = claim(path)
    assert lease is not None, "a fresh name is nobody's"
    return lease


def claim(path: Path) -> Lease | None:
    """The lease of a file; None where its process lives, or another drains it. Raises: BuffersFull."""
    with translated(path):
        descriptor = open_lock(_lock_of(path))
    if try_exclusive(descriptor):
        return Lease(path, descriptor)
    os.close(descriptor)
    return None


def abandoned(folder: Path) -> Iterator[Lease]:
    """Lease, one after the other, the files whose processes are gone. The caller ends each lease.

    Raises: BuffersFull where the folder cannot be read.
    """
    with translated(folder):
        paths = _files(folder)
    for path in paths:
        lease = claim(path)
        if lease is None:
            continue
        # Another may have drained and deleted it between our look and our claim.
        if path.exists():
            yield lease
        else:
            lease.discard()


def listed(folder: Path) -> list[ListedSpool]:
    """Every spool of the site, by name. Reads every row.

    Raises: ConfigError where the folder cannot be read; BuffersFull where a spool cannot.
    """
    found = []
    with kept_in(folder):
        paths = _files(folder)
    for path in paths:
        file = SpoolFile(path)
        try:
            found.append(ListedSpool(path, _is_held(path), file.totals()))
        finally:
            file.close()
    return found


def _is_held(path: Path) -> bool:
    lease = claim(path)
    if lease is None:
        return True
    lease.give_back()
    return False


def _files(folder: Path) -> list[Path]:
    """Raises: OSError: a closed folder may hold points, and is no empty one."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".db")
    except FileNotFoundError:
        return []


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")
