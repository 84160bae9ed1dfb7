"""Competition mode as this process knows it: asked for twice a second, so seen within one."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final, Self

from racecontrol.errors import ServerUnavailable
from racecontrol.pipeline.waiting import nap
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.mode import Modes

EVERY_S: Final = 0.5
FIRST_LOOK_S: Final = 2.0


class ModeWatch:
    """Has the queue pipeline every enqueue call in competition mode, while the block runs.

    While the server is away the mode last seen stands.
    """

    def __init__(self, queue: PriorityQueue, modes: Modes) -> None:
        self._queue = queue
        self._modes = modes
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """With the server away it begins with the mode off. Cost: one round trip, at most FIRST_LOOK_S."""
        with suppress(ServerUnavailable, TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                await self._look()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._closing.is_set():
            await nap(EVERY_S, until=self._closing)
            with suppress(ServerUnavailable):
                await self._look()

    async def _look(self) -> None:
        self._queue.pipelines_all = (await self._modes.mode()).is_competition
