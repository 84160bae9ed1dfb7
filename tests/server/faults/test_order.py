"""Faults Q16 and R4: many send at once, and trackers send late, doubled and backwards."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.codec import encode
from racecontrol.queues.model import LeasedItem, NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from tests.server.faults.tools import assert_all_is_stored, working
from tests.server.pipeline.tools import make_flights
from tests.server.queue_tools import ids, make_item

SENDERS = 4
ITEMS = 150


async def test_priority_then_arrival_holds_among_many_senders(client: ServerClient) -> None:
    """Fault Q16: four processes' worth of senders at once: by priority, and each sender's in its order."""
    dice = random.Random(16)
    items = {
        sender: [make_item(f"{sender}-{n}", dice.choice([-1.5, 1, 100, 1000])) for n in range(ITEMS)]
        for sender in range(SENDERS)
    }

    async def send(sender: int) -> None:
        async with open_client(client.url) as own:
            for item in items[sender]:
                await PriorityQueue(own).enqueue(LIVE_POINTS, [item])

    await asyncio.gather(*map(send, items))
    queue = PriorityQueue(client)
    served: list[LeasedItem] = []
    while batch := (await queue.lease_batch(LIVE_POINTS, 100)).items:
        served += batch

    assert [item.priority for item in served] == sorted((item.priority for item in served), reverse=True)
    for sender, sent in items.items():
        own_order = [item_id for item_id in ids(served) if item_id.startswith(f"{sender}-")]
        assert own_order == [item.item_id for item in sorted(sent, key=lambda item: -item.priority)]


async def test_points_in_any_order_give_the_sorted_set(client: ServerClient, tmp_path: Path) -> None:
    """Fault R4: pieces that overlap, repeat and come backwards are stored as the sorted set of points."""
    dice = random.Random(4)
    (flight,) = make_flights(1, points=400)
    pieces = [flight.select(slice(at, at + 30)) for at in range(0, 400, 20)] * 2
    dice.shuffle(pieces)
    items = [NewItem(f"piece-{n}", 100, len(piece), encode(piece)) for n, piece in enumerate(pieces)]

    async with working(client, tmp_path / "rc.db"):
        await PriorityQueue(client).enqueue(LIVE_POINTS, items)
        await assert_all_is_stored(client, tmp_path / "rc.db", [flight])
