"""Faults Q7 and Q10, the server's part: its memory is used up, or the disk under its file."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.errors import ServerUnavailable
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from tests.server.checker import check_queues
from tests.server.faults.tools import assert_all_is_stored, working
from tests.server.pipeline.tools import items_of, make_flights
from tests.server.queue_tools import ids, make_item
from tests.server.tools import ValkeyProcess, valkey

ROOM_BYTES = 100_000


def large_items(first: int) -> list[NewItem]:
    return [make_item(f"large-{first + n}", payload=bytes(5_000)) for n in range(50)]


async def fill_up(queue: PriorityQueue) -> list[str]:
    """Enqueue until the server takes no more; the ids of what it has acknowledged."""
    acknowledged: list[str] = []
    for first in range(0, 10_000, 50):
        items = large_items(first)
        try:
            await queue.enqueue(LIVE_POINTS, items)
        except ServerUnavailable:
            return acknowledged
        acknowledged += [item.item_id for item in items]
    raise AssertionError("the server took everything")


async def test_a_server_out_of_memory_refuses_a_call_whole() -> None:
    """Fault Q7: nothing of the refused call is in, all before it is, and it can still be taken out."""
    with valkey(maxmemory="8mb") as server:
        async with open_client(server.url) as client:
            queue = PriorityQueue(client)
            acknowledged = await fill_up(queue)

            served: list[str] = []
            while batch := (await queue.lease_batch(LIVE_POINTS, 1000)).items:
                served += ids(batch)
                await queue.ack(LIVE_POINTS, batch)
            assert served == acknowledged
            await check_queues(client)


async def test_a_server_out_of_memory_recovers_by_itself(tmp_path: Path) -> None:
    """Fault Q7: once workers have made room, what was refused is accepted."""
    with valkey(maxmemory="8mb") as server:
        async with open_client(server.url) as client:
            queue = PriorityQueue(client)
            await fill_up(queue)
            flights = make_flights(100)
            with pytest.raises(ServerUnavailable, match="maxmemory"):
                await queue.enqueue(LIVE_POINTS, large_items(20_000))
            while batch := (await queue.lease_batch(LIVE_POINTS, 1000)).items:
                await queue.ack(LIVE_POINTS, batch)

            async with working(client, tmp_path / "rc.db"):
                await queue.enqueue(LIVE_POINTS, items_of(flights))
                await assert_all_is_stored(client, tmp_path / "rc.db", flights)


async def test_a_full_disk_under_the_server_costs_nothing_acknowledged(own_server: ValkeyProcess) -> None:
    """Fault Q10: the server dies in the middle of a write; with room again it has all it acknowledged."""
    async with open_client(own_server.url) as client:
        queue = PriorityQueue(client)
        await queue.enqueue(LIVE_POINTS, large_items(50_000))
        size = (own_server.folder / "appendonlydir" / "appendonly.aof.1.incr.aof").stat().st_size
        limit = size + ROOM_BYTES
        resource.prlimit(own_server.pid, resource.RLIMIT_FSIZE, (limit, limit))

        acknowledged = await fill_up(queue)
        own_server.restart()

        served = ids(await queue.lease_batch(LIVE_POINTS, 1000))
        assert served[: 50 + len(acknowledged)] == [
            *(item.item_id for item in large_items(50_000)),
            *acknowledged,
        ]
        await check_queues(client)
