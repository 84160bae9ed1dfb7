"""`Background`: work that a tick asks for and does not wait for, one piece of a name at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Self

from racecontrol.errors import RaceControlError

logger = logging.getLogger(__name__)


class Background:
    """Owns its tasks: they end with the block. What goes wrong in one is logged, and ends only that one."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

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
        try:
            await work()
        except RaceControlError as exc:
            logger.warning("work=%s failed: %s", name, exc)
        except Exception:
            # The screen goes on without this piece of work; the fault is one of this program.
            logger.exception("work=%s failed", name)
        finally:
            self._tasks.pop(name, None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancel what is under way, and wait for it."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
