"""`Background`: work that a tick asks for and does not wait for, one piece of a name at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self

from racecontrol.errors import RaceControlError
from racecontrol.pipeline.recurring import AWAY

logger = logging.getLogger(__name__)


class Background:
    """Owns its tasks: they end with the block. What goes wrong in one is logged, and ends only that one.

    A fault is logged when it begins and when it becomes another, not each time; a server or store that
    is away is told elsewhere (alerts, status line), and here at INFO.
    """

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._faults: dict[str, str] = {}

    def start(self, name: str, work: Callable[[], Awaitable[object]]) -> bool:
        """Begin `work`, unless the last of that name is still at it; whether it was begun."""
        if name in self._tasks:
            return False
        self._tasks[name] = asyncio.create_task(self._run(name, work), name=name)
        return True

    async def settle(self) -> None:
        """Wait until all that was begun has ended."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def _run(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        fault = ""
        try:
            await work()
        except Exception as exc:
            fault = repr(exc)
            if fault != self._faults.get(name):
                _log(name, exc)
        finally:
            self._faults[name] = fault
            self._tasks.pop(name, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancel what is under way, and wait for it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _log(name: str, exc: Exception) -> None:
    if isinstance(exc, RaceControlError):
        level = logging.INFO if isinstance(exc, AWAY) else logging.WARNING
        logger.log(level, "work=%s failed: %s", name, exc)
    else:
        # The screen goes on without this piece of work; the fault is one of this program.
        logger.error("work=%s failed", name, exc_info=exc)
