"""`Delivery`: to the server while the breaker lets it, else to the spool; an answer within a deadline.

pipeline ──fails──► single calls ──fail──► spool ──full──► BuffersFull

Whatever was sent and not answered may have been applied: the spool keeps the same ids, so draining it
adds nothing twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from racecontrol.errors import QueueError, ServerUnavailable
from racecontrol.queues.breaker import Breaker
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.queues.spool.spool import Spool
from racecontrol.queues.verdict import Verdict

_BYTES_PER_S: Final = 10_000_000
"""What a large body has beside the deadline of a small one; a synced server takes ten times that."""

_CALLS_AT_ONCE: Final = 12
"""Of the pool's 16 connections. The pool is not fair: of 200 callers that wait for it, some would wait until
their deadline, and the server be taken for silent. Here they stand in line."""


_ADDED: Final = Verdict()
_KNOWN: Final = Verdict(is_duplicate=True)


class Delivery:
    """One process's way to the server and to its spool. Calls may run at the same time."""

    def __init__(self, queue: PriorityQueue, breaker: Breaker, spool: Spool, answer_within_s: float) -> None:
        """answer_within_s: what the server may take for a call before the spool has it."""
        self._queue = queue
        self._breaker = breaker
        self._spool = spool
        self._answer_within_s = answer_within_s
        self._turn = asyncio.Semaphore(_CALLS_AT_ONCE)

    async def deliver(
        self, queue: str, items: Sequence[NewItem], *, use_pipeline: bool = True
    ) -> Sequence[Verdict]:
        """Send the items; what became of each, in order. All were checked before.

        Raises: BuffersFull where the server is away and the spool takes nothing.
        """
        verdicts = await self._to_server(queue, items, use_pipeline) if self._breaker.is_closed else None
        if verdicts is not None:
            return verdicts
        return await self._spool.add(queue, items)

    async def _to_server(
        self, queue: str, items: Sequence[NewItem], use_pipeline: bool
    ) -> Sequence[Verdict] | None:
        """What the server answered; None where it is away, or too many stand in line for it."""
        if not await self._has_turn():
            return None
        try:
            return await self._asked(queue, items, use_pipeline) if self._breaker.is_closed else None
        finally:
            self._turn.release()

    async def _has_turn(self) -> bool:
        if not self._turn.locked():
            return await self._turn.acquire()
        try:
            async with asyncio.timeout(self._answer_within_s / 2):
                return await self._turn.acquire()
        except TimeoutError:
            return False

    async def _asked(
        self, queue: str, items: Sequence[NewItem], use_pipeline: bool
    ) -> Sequence[Verdict] | None:
        within_s = self._answer_within_s + sum(len(item.payload) for item in items) / _BYTES_PER_S
        try:
            async with asyncio.timeout(within_s):
                verdicts = await self._called(queue, items, within_s / 2 if use_pipeline else 0)
        except TimeoutError:
            self._breaker.failed(f"no answer within {self._answer_within_s:g} s", is_silent=True)
        except ServerUnavailable as exc:
            self._breaker.failed(exc.what)
        else:
            self._breaker.succeeded()
            return verdicts
        return None

    async def _called(self, queue: str, items: Sequence[NewItem], pipeline_s: float) -> Sequence[Verdict]:
        """pipeline_s: what a pipeline may take, 0 for none. Raises: ServerUnavailable."""
        if pipeline_s:
            # Single calls tell which item it is, and get through where a large one does not.
            with suppress(QueueError, ServerUnavailable, TimeoutError):
                async with asyncio.timeout(pipeline_s):
                    return await self._in_pipeline(queue, items)
        return [await self._alone(queue, item) for item in items]

    async def _in_pipeline(self, queue: str, items: Sequence[NewItem]) -> Sequence[Verdict]:
        known = set((await self._queue.enqueue(queue, items)).duplicate_places)
        return [_KNOWN if place in known else _ADDED for place in range(len(items))]

    async def _alone(self, queue: str, item: NewItem) -> Verdict:
        try:
            receipt = await self._queue.enqueue(queue, [item], use_pipeline=False)
        except QueueError as exc:
            return Verdict(error=exc)
        return Verdict(is_duplicate=bool(receipt.duplicates))
