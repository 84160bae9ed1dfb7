"""How full the queues are, kept for reports: once a minute by one process of the site, and at each switch.

Only a process that stays looks: a command that lives for a second leaves nothing.
"""

from __future__ import annotations

import asyncio
from typing import Final

from racecontrol.domain.depth import Occasion, QueueDepth
from racecontrol.pipeline.recurring import Recurring
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


class DepthWatch(Recurring):
    """Takes the site's look of each minute, unless another process has, while the block runs."""

    def __init__(self, queue: PriorityQueue, store: Store) -> None:
        super().__init__(LOOK_S)
        self._queue = queue
        self._store = store

    async def _turn(self) -> None:
        # Nobody waits for one that fails: the next minute brings another.
        if await claim_minute(self._queue.client):
            await record_depths(self._queue, self._store)
