"""Competition mode as this process knows it: asked for twice a second, so seen within one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, Self

from racecontrol.pipeline.recurring import Recurring
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.mode import Modes

EVERY_S: Final = 0.5
FIRST_LOOK_S: Final = 2.0


class ModeWatch(Recurring):
    """Has the queue pipeline every enqueue call in competition mode, while the block runs.

    While the server is away the mode last seen stands.
    """

    def __init__(self, queue: PriorityQueue, modes: Modes) -> None:
        super().__init__(EVERY_S)
        self._queue = queue
        self._modes = modes

    async def __aenter__(self) -> Self:
        """With the server away it begins with the mode off. Cost: one round trip, at most FIRST_LOOK_S."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                await self.take_turn()
        return await super().__aenter__()

    async def _turn(self) -> None:
        self._queue.pipelines_all = (await self._modes.mode()).is_competition
