"""`AdaptiveBatcher`: small calls of many senders, sent together; each sender hears of its own items only.

    add ─► line of (queue, lane) ─► flush: by size, by bytes, by time, at the end ─► verdicts, item by item

A line has one batch under way at a time, so its order holds; lines do not wait for each other, so bulk
never stands before live. What gathers while a batch is under way goes with the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from functools import partial
from typing import Final, Self

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.priority import lane_of
from racecontrol.errors import BuffersFull, RaceControlError
from racecontrol.queues.batch_limits import BatchLimits, Demand
from racecontrol.queues.batch_line import Line, Tell, Ticket, Waiting
from racecontrol.queues.model import NewItem
from racecontrol.queues.verdict import Verdict

Deliver = Callable[[str, Sequence[NewItem]], Awaitable[Sequence[Verdict]]]
"""Sends items of one queue and tells what became of each, in order."""

_RETRY_AFTER_S: Final = 1.0
_NONE_YET: Final = Verdict()


class AdaptiveBatcher:
    """Takes items while its block runs; what still waits at the end is sent."""

    def __init__(
        self, deliver: Deliver, demand: Demand, limits: BatchLimits | None = None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._deliver = deliver
        self._demand = demand
        self._limits = limits or BatchLimits()
        self._clock = clock
        self._lines: dict[tuple[str, str], Line] = {}
        self._group: asyncio.TaskGroup | None = None
        self._started = asyncio.Event()
        self._closing = asyncio.Event()
        self._bytes = 0
        self.pending_items = 0
        self.pending_points = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        await self._started.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._task

    async def _run(self) -> None:
        """Own the lines until closing; return when all that waits has its verdict."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._started.set()
                await self._closing.wait()
                self._group = None
                for line in self._lines.values():
                    line.grew.set()
        finally:
            self._group = None
            for line in self._lines.values():
                self._tell(line.waiting, [Verdict(error=_ended())] * len(line.waiting))
                line.waiting.clear()

    async def add(self, queue: str, items: Sequence[NewItem]) -> list[Verdict]:
        """Send the items with those of others; what became of each, in order.

        A caller that is cancelled leaves its items in their batch; they may be accepted.

        Raises: BuffersFull where too much waits already, then none of them was taken.
        """
        if not items:
            return []
        answer: asyncio.Future[list[Verdict]] = asyncio.get_running_loop().create_future()
        self.put(queue, items, partial(_answer, answer))
        return await answer

    def put(self, queue: str, items: Sequence[NewItem], told: Tell) -> None:
        """`add` of one item or more, without waiting for it: `told` is called with the verdicts.

        Raises: BuffersFull, then none of the items was taken, and nothing will be told.
        """
        self._check_room(items)
        ticket, now_s = Ticket([_NONE_YET] * len(items), len(items), told), self._clock.monotonic_s()
        for place, item in enumerate(items):
            self._put(self._line(queue, item), Waiting(item, ticket, place, now_s))

    def _check_room(self, items: Sequence[NewItem]) -> None:
        limits, size = self._limits, sum(len(item.payload) for item in items)
        if self._group is None:
            raise _ended()
        has_room = (
            self.pending_items + len(items) <= limits.buffer_items
            and self._bytes + size <= limits.buffer_bytes
        )
        # A call larger than the whole buffer is taken when nothing else waits, or it never would be.
        if not has_room and self.pending_items:
            raise BuffersFull(
                f"{self.pending_items} items wait to be sent already",
                advice="send again later, with the same ids",
                retry_after_s=_RETRY_AFTER_S,
            )

    def _line(self, queue: str, item: NewItem) -> Line:
        key = queue, lane_of(item.priority).name
        if key not in self._lines:
            assert self._group is not None, "checked by _check_room"
            self._lines[key] = Line(queue)
            self._group.create_task(self._run_line(self._lines[key]))
        return self._lines[key]

    def _put(self, line: Line, waiting: Waiting) -> None:
        size = len(waiting.item.payload)
        line.waiting.append(waiting)
        line.bytes += size
        line.grew.set()
        self._bytes += size
        self.pending_items += 1
        self.pending_points += waiting.item.points

    async def _run_line(self, line: Line) -> None:
        while line.waiting or self._group is not None:
            await self._gather(line)
            batch = self._take(line)
            if batch:
                await self._send(line.queue, batch)

    async def _gather(self, line: Line) -> None:
        """Return when a batch is to go: large enough, old enough, or at the end."""
        while self._group is not None and not self._is_full(line):
            patience_s = self._patience_s(line)
            if patience_s is not None and patience_s <= 0:
                return
            line.grew.clear()
            if patience_s is None:
                await line.grew.wait()
                continue
            try:
                async with asyncio.timeout(patience_s):
                    await line.grew.wait()
            except TimeoutError:
                return

    def _is_full(self, line: Line) -> bool:
        limits = self._limits
        is_busy = self._demand.pending_items(line.queue) + len(line.waiting) > limits.busy_pending
        enough = limits.busy_items if is_busy else limits.items
        return len(line.waiting) >= enough or line.bytes >= limits.bytes

    def _patience_s(self, line: Line) -> float | None:
        """How long the oldest item may still wait for company; None where there is none."""
        if not line.waiting:
            return None
        wait_s = self._limits.busy_wait_s if self._demand.is_competition() else self._limits.wait_s
        return line.waiting[0].since_s + wait_s - self._clock.monotonic_s()

    def _take(self, line: Line) -> list[Waiting]:
        batch: list[Waiting] = []
        size = 0
        while line.waiting and len(batch) < self._limits.busy_items:
            next_size = len(line.waiting[0].item.payload)
            if batch and size + next_size > self._limits.bytes:
                break
            batch.append(line.waiting.popleft())
            size += next_size
        line.bytes -= size
        return batch

    async def _send(self, queue: str, batch: Sequence[Waiting]) -> None:
        items = [waiting.item for waiting in batch]
        try:
            verdicts = await self._deliver(queue, items)
        except RaceControlError as exc:
            verdicts = [Verdict(error=exc)] * len(batch)
        except BaseException:
            # Nobody may wait for ever for a line that ends in the middle of its batch.
            self._tell(batch, [Verdict(error=_ended())] * len(batch))
            raise
        self._tell(batch, verdicts)

    def _tell(self, batch: Collection[Waiting], verdicts: Sequence[Verdict]) -> None:
        items = [waiting.item for waiting in batch]
        self._bytes -= sum(len(item.payload) for item in items)
        self.pending_items -= len(items)
        self.pending_points -= sum(item.points for item in items)
        for waiting, verdict in zip(batch, verdicts, strict=True):
            waiting.tell(verdict)


def _answer(answer: asyncio.Future[list[Verdict]], verdicts: list[Verdict]) -> None:
    if not answer.done():
        answer.set_result(verdicts)


def _ended() -> BuffersFull:
    return BuffersFull("the intake is closing", retry_after_s=_RETRY_AFTER_S)
