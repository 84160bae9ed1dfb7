"""Items and time for tests of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.model import Batch, LeasedItem, NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.server.keys import queue_keys

LIVE = LIVE_POINTS


def make_item(
    item_id: str = "a", priority: float = 1, *, points: int = 10, payload: bytes = b"payload"
) -> NewItem:
    return NewItem(item_id, priority, points, payload)


def make_items(count: int, priority: float = 1, *, prefix: str = "i") -> list[NewItem]:
    return [make_item(f"{prefix}{number}", priority) for number in range(count)]


def ids(items: Sequence[LeasedItem] | Batch) -> list[str]:
    """The items' ids, in order."""
    return [item.item_id for item in (items.items if isinstance(items, Batch) else items)]


async def lease_one(queue: PriorityQueue, queue_name: str = LIVE, *, lease_ms: int = 30_000) -> LeasedItem:
    """The head of the queue, leased."""
    (item,) = (await queue.lease_batch(queue_name, 1, lease_ms=lease_ms)).items
    return item


async def ask(client: ServerClient, *command: str | bytes | int | float) -> Any:
    """The server's plain answer to a command, as RESP2 has it save for what redis-py turns into dicts."""
    return await client.commands.execute_command(*command)  # type: ignore[no-untyped-call]


async def let_time_pass(client: ServerClient, ms: int, queue_name: str = LIVE) -> None:
    """Move every moment that the queue remembers back by `ms`: what waiting that long would do."""
    keys = queue_keys(queue_name)
    for key in (keys.leased, keys.delayed, keys.done, keys.age):
        for member in await ask(client, "ZRANGE", key, 0, -1):
            await ask(client, "ZINCRBY", key, -ms, member)


async def fail_until_dead(client: ServerClient, queue: PriorityQueue, reason: str = "no") -> LeasedItem:
    """Lease and give back the head until it is a dead letter; its last lease."""
    while True:
        item = await lease_one(queue)
        await queue.nack(LIVE, [item], reason)
        if (await queue.stats(LIVE)).dead:
            return item
        await let_time_pass(client, 60_000)
