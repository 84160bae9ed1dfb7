"""A worker beside a test, and how every fault ends: all stored once, nothing left in the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.errors import ServerUnavailable
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.store.sqlite import SqliteStore
from tests.server.checker import check_empty, check_queues
from tests.server.pipeline.tools import assert_holds_exactly, items_of, until

LEASE_MS = 500


@asynccontextmanager
async def working(client: ServerClient, database: Path, *, lease_ms: int = LEASE_MS) -> AsyncIterator[None]:
    """A worker that stores what comes, while the block runs."""
    with SqliteStore(database) as store:
        worker = Worker(PriorityQueue(client), store, lease_ms=lease_ms)
        task = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            worker.stop()
            await task


async def send_each(queue: PriorityQueue, flights: Sequence[Fixes]) -> None:
    """Enqueue the flights one by one, each as often as it takes, always under its own id."""
    for item in items_of(flights):
        while True:
            try:
                await queue.enqueue(LIVE_POINTS, [item])
                break
            except ServerUnavailable:
                continue


async def assert_all_is_stored(client: ServerClient, database: Path, flights: Sequence[Fixes]) -> None:
    """Every flight's points are in the store once, nothing else is, and the queue is empty and whole."""
    queue = PriorityQueue(client)

    async def is_empty() -> bool:
        try:
            return (await queue.stats(LIVE_POINTS)).total_pending == 0
        except ServerUnavailable:
            return False

    await until("everything is acknowledged", is_empty)
    await check_queues(client)
    await check_empty(client)
    assert_holds_exactly(database, flights)
