"""Fault Q3: the power fails; of the append-only file what was synced is left."""

from __future__ import annotations

import asyncio
import os
import signal

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from tests.server.checker import check_queues
from tests.server.faults.fsync_watch import watched_fsyncs
from tests.server.queue_tools import ids, make_items
from tests.server.tools import ValkeyProcess

SENDERS = 4


async def test_what_was_acknowledged_was_synced(own_server: ValkeyProcess) -> None:
    """Killed under load and cut back to its last fsync, the file still holds every acknowledged item."""
    points_file = own_server.folder / "appendonlydir" / "appendonly.aof.1.incr.aof"
    acknowledged: list[str] = []
    is_enough = asyncio.Event()

    async with open_client(own_server.url) as client:
        queue = PriorityQueue(client)

        async def send(sender: int) -> None:
            for item in make_items(10_000, prefix=f"{sender}-"):
                await queue.enqueue(LIVE_POINTS, [item])
                acknowledged.append(item.item_id)
                if len(acknowledged) == 200:
                    is_enough.set()

        with watched_fsyncs(own_server.pid, points_file) as watch:
            senders = [asyncio.create_task(send(sender)) for sender in range(SENDERS)]
            await is_enough.wait()
            # The watch waits for its end; whoever else waited for it now might take that from the watch.
            os.kill(own_server.pid, signal.SIGKILL)
            for sender in senders:
                sender.cancel()
            await asyncio.wait(senders)
        own_server.kill()
        os.truncate(points_file, watch.synced_bytes)
        own_server.start()

        kept: list[str] = []
        while batch := ids(await queue.lease_batch(LIVE_POINTS, 1000)):
            kept += batch
        assert set(acknowledged) <= set(kept)
        await check_queues(client)
