"""How full the queues are, kept for reports: once a minute by one process of the site, and at each switch.

Only a process that stays looks: a command that lives for a second leaves nothing.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, Self

from racecontrol.domain.depth import Occasion, QueueDepth
from racecontrol.errors import QueueError, ServerUnavailable, StoreError
from racecontrol.pipeline.waiting import nap
from racecontrol.queues.baseline import known_baseline
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.minute import claim_minute
from racecontrol.state.mode import Modes
from racecontrol.store.base import Store

LOOK_S: Final = 5.0
"""Between two asks whether the minute's look is still to be taken: one call of 0.1 ms."""


async def record_depths(queue: PriorityQueue, store: Store, occasion: Occasion = Occasion.MINUTE) -> None:
    """Look at every queue and keep what was seen, with the baseline as last measured.

    Raises: ServerUnavailable; StoreError. Cost: three round trips and a transaction.
    """
    mode, baseline = await Modes(queue.client).mode(), await known_baseline(queue.client)
    every = await queue.all_stats()
    depths = [
        QueueDepth(
            # One time for all queues of one look, by which reports put them together.
            every[0].now_ms,
            stats.queue,
            stats.ready,
            stats.leased,
            stats.delayed,
            stats.dead,
            stats.points_pending,
            mode.is_competition,
            occasion,
        )
        for stats in every
    ]
    await asyncio.to_thread(store.record_depths, depths, baseline)


class DepthWatch:
    """Takes the site's look of each minute, unless another process has, while the block runs."""

    def __init__(self, queue: PriorityQueue, store: Store) -> None:
        self._queue = queue
        self._store = store
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        await nap(LOOK_S, until=self._closing)
        while not self._closing.is_set():
            # Nobody waits for it: the next minute brings another.
            with suppress(ServerUnavailable, QueueError, StoreError):
                if await claim_minute(self._queue.client):
                    await record_depths(self._queue, self._store)
            await nap(LOOK_S, until=self._closing)
