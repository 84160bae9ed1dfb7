"""The method replaced, as it was: JSON text as the member of a sorted set, popped before it is processed.

Its defects (`priority` served last, equal payloads lost, nothing acknowledged) are left out of the
comparison: it is measured at what it did well, on the same server, by the same client.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from racecontrol.server.client import ServerClient

Item = tuple[dict[str, Any], float]

PIPELINE_COMMANDS = 500
"""Commands a pipeline: the client builds all of it before it sends the first."""


async def enqueue_singly(client: ServerClient, key: str, items: Sequence[Item]) -> None:
    """One awaited ZADD an item."""
    for item, priority in items:
        await client.commands.zadd(key, {json.dumps(item): priority})


async def enqueue_pipelined(client: ServerClient, key: str, items: Sequence[Item]) -> None:
    """The same commands, many a round trip."""
    for start in range(0, len(items), PIPELINE_COMMANDS):
        async with client.commands.pipeline(transaction=False) as pipeline:
            for item, priority in items[start : start + PIPELINE_COMMANDS]:
                pipeline.zadd(key, {json.dumps(item): priority})
            await pipeline.execute()


async def dequeue(client: ServerClient, key: str, items: int, batch: int) -> int:
    """Pop and read all of it, `batch` items a call; gives the number of points. Nothing is acknowledged."""
    points = 0
    for _ in range(0, items, batch):
        popped: list[tuple[bytes, float]] = await client.commands.zpopmin(key, batch)  # type: ignore[assignment]
        points += sum(len(json.loads(member)["points"]) for member, _score in popped)
    return points
