"""Workers in processes of their own that die, or freeze, where a test says.

They are forked from a process that has imported everything, so one costs 20 ms instead of 400.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from racecontrol.domain.checkpoint import Checkpoint
from racecontrol.domain.fixes import Fixes
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from racecontrol.store.base import Written
from racecontrol.store.sqlite import SqliteStore

LEASE_MS = 300

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a worker. at: the crash point. by: the signal it sends itself there, the first time.

    poison: the flight whose write kills it, whatever comes with it.
    """

    at: str = ""
    by: signal.Signals = signal.SIGKILL
    poison: str = ""


LONG_LIFE = Fate()


@contextmanager
def worker_process(url: str, database: Path, fate: Fate = LONG_LIFE) -> Iterator[ForkServerProcess]:
    """A worker that ends when the queues are empty, if it lives that long; gone after the block."""
    process = _forks.Process(target=_work, args=(url, database, fate))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def _work(url: str, database: Path, fate: Fate) -> None:
    asyncio.run(_live(url, database, fate))


async def _live(url: str, database: Path, fate: Fate) -> None:
    met: list[str] = []

    def checkpoint(point: str) -> None:
        if point == fate.at and not met:
            met.append(point)
            os.kill(os.getpid(), fate.by)

    async with open_client(url) as client:
        with _FatedStore(database, checkpoint, fate.poison) as store:
            worker = Worker(PriorityQueue(client), store, lease_ms=LEASE_MS, checkpoint=checkpoint)
            await worker.run(until_empty=True)


class _FatedStore(SqliteStore):
    """Kills its process when it is to write the poison flight, as a fault in C code would."""

    def __init__(self, path: Path, checkpoint: Checkpoint, poison: str) -> None:
        super().__init__(path, checkpoint)
        self._poison = poison

    def write(self, batch: Sequence[Fixes]) -> Written:
        if any(fixes.flight.flight_id == self._poison for fixes in batch):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().write(batch)
