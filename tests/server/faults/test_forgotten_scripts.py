"""Fault Q15: the server forgets its scripts, while they are in use or because it is a fresh one."""

from __future__ import annotations

import asyncio
from pathlib import Path

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from tests.server.checker import check_queues
from tests.server.faults.tools import assert_all_is_stored, send_each, working
from tests.server.pipeline.tools import make_flights
from tests.server.queue_tools import ids, make_items
from tests.server.tools import ValkeyProcess


async def test_scripts_flushed_under_load_lose_nothing(client: ServerClient, tmp_path: Path) -> None:
    """Flushed again and again while items come and are stored, they are loaded each time."""
    flights = make_flights(100, points=20)

    async def flush_for_ever() -> None:
        while True:
            await client.commands.script_flush()
            await asyncio.sleep(0.002)

    async with working(client, tmp_path / "rc.db"):
        flushing = asyncio.create_task(flush_for_ever())
        await send_each(PriorityQueue(client), flights)
        flushing.cancel()
        await asyncio.wait((flushing,))
        await assert_all_is_stored(client, tmp_path / "rc.db", flights)


async def test_a_large_batch_after_a_flush_keeps_its_order(client: ServerClient) -> None:
    """Calls that are under way together stay first in, first out though none knew the script."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, make_items(1, prefix="first"))
    await client.commands.script_flush()
    await queue.enqueue(LIVE_POINTS, make_items(450))

    served = ids(await queue.lease_batch(LIVE_POINTS, 1000))

    assert served == ["first0", *(f"i{number}" for number in range(450))]
    await check_queues(client)


async def test_a_fresh_server_is_served_like_an_old_one(own_server: ValkeyProcess) -> None:
    """After a restart on the same data every operation works at its first call."""
    async with open_client(own_server.url) as client:
        queue = PriorityQueue(client)
        await queue.enqueue(LIVE_POINTS, make_items(3))
        own_server.restart()
        batch = await queue.lease_batch(LIVE_POINTS, 2)
        own_server.restart()
        await queue.nack(LIVE_POINTS, batch.items[:1], "no")
        own_server.restart()

        assert await queue.ack(LIVE_POINTS, batch.items[1:]) == 1
        stats = await queue.stats(LIVE_POINTS)
        assert (stats.ready, stats.delayed, stats.acked_items) == (1, 1, 1)
        await check_queues(client)
