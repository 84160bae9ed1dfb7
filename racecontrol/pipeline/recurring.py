"""`Recurring`: a look or a write that comes again and again beside a block, and outlives its own faults."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import Final, Self

from racecontrol.errors import ServerUnavailable, StoreUnavailable
from racecontrol.pipeline.waiting import nap

AWAY: Final = (ServerUnavailable, StoreUnavailable)
"""What is expected now and then, and told elsewhere (breaker, alerts): the next turn tries again."""

_log = logging.getLogger(__name__)


class Recurring(ABC):
    """Takes a turn every `every_s` while the block runs.

    An unforeseen error is logged when it begins, when it becomes another and when it is over, not at
    every turn. At the block's end a turn under way is finished, never cancelled.
    """

    def __init__(self, every_s: float, *, first_s: float | None = None, has_last_turn: bool = False) -> None:
        """first_s: before the first turn, every_s by default. has_last_turn: one more as the block ends."""
        self._every_s = every_s
        self._first_s = every_s if first_s is None else first_s
        self._has_last_turn = has_last_turn
        self._fault = ""
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _turn(self) -> None: ...

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        await nap(self._first_s, until=self._closing)
        while not self._closing.is_set():
            await self.take_turn()
            await nap(self._every_s, until=self._closing)
        if self._has_last_turn:
            await self.take_turn()

    async def take_turn(self) -> None:
        """Take one now, and outlive whatever goes wrong in it."""
        fault = ""
        try:
            await self._turn()
        except AWAY:
            return
        except Exception as exc:
            fault = repr(exc)
            if fault != self._fault:
                _log.exception("%s: failed, and goes on", type(self).__name__)
        if self._fault and not fault:
            _log.warning("%s: works again", type(self).__name__)
        self._fault = fault
