"""File locks between processes: `flock`, which the kernel drops when a process dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.errors import ServerUnavailable

POLL_S = 0.002


def open_lock(path: Path) -> int:
    """A descriptor to lock. It is not inherited by programs this process starts."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_exclusive(descriptor: int) -> bool:
    """Take the lock for this descriptor alone, if nobody else holds it in any way."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def share(descriptor: int) -> None:
    """Take the lock together with others. Whoever calls knows that nobody holds it alone for long."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


@contextmanager
def exclusive(path: Path, patience_s: float) -> Iterator[None]:
    """Hold the lock alone inside the block.

    Raises: ServerUnavailable where somebody holds it for longer than patience_s.
    """
    deadline_s = SYSTEM_CLOCK.monotonic_s() + patience_s
    descriptor = open_lock(path)
    try:
        while not try_exclusive(descriptor):
            if SYSTEM_CLOCK.monotonic_s() > deadline_s:
                raise ServerUnavailable(
                    f"another racecontrol has been starting or stopping the server for {patience_s:g} s",
                    advice=f"see who holds {path}",
                )
            time.sleep(POLL_S)
        yield
    finally:
        os.close(descriptor)
