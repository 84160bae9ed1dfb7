"""`Intake`: the one door by which points from outside are accepted.

accept ─► joiner: with what waits ─┐
       ├► batcher: with what comes ─┼─► queue, acknowledged by the server
       └► alone ────────────────────┘      └─ away ─► spool, synced to this machine's disk ─► queue, later
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.intake import IntakeStatus
from racecontrol.errors import ServerUnavailable
from racecontrol.pipeline.intake_delivery import Delivery
from racecontrol.pipeline.recovery import Recovery
from racecontrol.pipeline.waiting import alongside
from racecontrol.queues.auto import PipelineThresholds
from racecontrol.queues.batch_limits import BatchLimits, Demand
from racecontrol.queues.batch_line import Tell
from racecontrol.queues.batcher import AdaptiveBatcher
from racecontrol.queues.breaker import Breaker
from racecontrol.queues.checks import check_item
from racecontrol.queues.limits import MAX_CALL_ITEMS
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.queues.spool.spool import Spool
from racecontrol.queues.verdict import Verdict
from racecontrol.settings import Settings
from racecontrol.state.intakes import IntakeBeat, Intakes

_LEAVE_S: Final = 1.0

_FEW_ITEMS: Final = 10
"""Up to which a caller's items are joined with those of others."""


class Way(StrEnum):
    """How items go to the server.

    STANDARD: a call an item. PIPELINE: many items a call. AUTO: whichever fits how much there is; few
    items go at once, with all that others sent while the call before was under way. BATCHED: together
    with those of other callers, who are waited for.
    """

    STANDARD = "standard"
    PIPELINE = "pipeline"
    AUTO = "auto"
    BATCHED = "batched"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was accepted: items, duplicates among them, points in all of them.

    is_spooled: at least one item waits on this machine's disk for the server.
    """

    items: int
    points: int
    duplicates: int
    is_spooled: bool


class Intake:
    """Made by `open_intake`. Calls may run at the same time."""

    def __init__(self, queue: PriorityQueue, settings: Settings, clock: Clock = SYSTEM_CLOCK) -> None:
        self._queue = queue
        self._clock = clock
        self._beats = Intakes(queue.client)
        self._spool = Spool(settings.spool_dir, settings.spool_bytes, clock=clock)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._recovery = Recovery(queue, self._spool, settings.spool_dir, self._name)
        self._breaker = Breaker(settings.breaker_failures, self._recovery.changed, clock)
        self._delivery = Delivery(queue, self._breaker, self._spool, settings.answer_within_ms / 1000)
        demand = Demand(queue.pending_items, lambda: queue.pipelines_all)
        limits = batch_limits(settings)
        at_once = replace(limits, items=1, busy_items=MAX_CALL_ITEMS, wait_s=0.0, busy_wait_s=0.0)
        self._batcher = AdaptiveBatcher(self._delivery.deliver, demand, limits, clock)
        self._joiner = AdaptiveBatcher(self._deliver_joined, demand, at_once, clock)

    @property
    def has_room(self) -> bool:
        """Something would be taken now, by the server or by the spool."""
        return self._breaker.is_closed or not self._spool.is_full

    async def accept(self, queue: str, items: Sequence[NewItem], way: Way = Way.AUTO) -> Acceptance:
        """Take the items in; return when the server has acknowledged them or the spool has synced them.

        Raises: BadItem, then nothing was taken; BuffersFull when neither can take them, or too much waits
        in batches; QueueError where the server refuses an item. A repeat with the same ids adds what is
        missing and nothing twice.
        Cost: a wait of one and a half answer_within_ms at most, and a sync of this machine's disk; batched,
        batch_wait_ms more.
        """
        points = self._checked(queue, items)
        verdicts = await self._send(queue, items, points, way) if items else []
        for verdict in verdicts:
            if verdict.error is not None:
                raise verdict.error
        duplicates = sum(verdict.is_duplicate for verdict in verdicts)
        return Acceptance(len(items), points, duplicates, any(verdict.is_spooled for verdict in verdicts))

    def accept_soon(self, queue: str, items: Sequence[NewItem], way: Way, told: Tell) -> bool:
        """`accept`, without waiting for it: `told` is called with what became of each item.

        Gives False where this way does not go through batches; then nothing was taken, nor will be told.
        Raises: BadItem; BuffersFull; then likewise.
        """
        batches = self._batches_of(items, way) if items else None
        if batches is None:
            return False
        self._checked(queue, items)
        batches.put(queue, items, told)
        return True

    def _checked(self, queue: str, items: Sequence[NewItem]) -> int:
        """The items' points. Raises: BadItem where the queue cannot hold one."""
        self._queue.keys_of(queue)
        points = 0
        for item in items:
            points += check_item(item).points
        return points

    def _batches_of(self, items: Sequence[NewItem], way: Way) -> AdaptiveBatcher | None:
        """Where these items join those of others; None where they go by themselves."""
        if way is Way.BATCHED:
            return self._batcher
        may_join = way is not Way.STANDARD and len(items) <= _FEW_ITEMS
        return self._joiner if may_join else None

    async def _send(self, queue: str, items: Sequence[NewItem], points: int, way: Way) -> Sequence[Verdict]:
        batches = self._batches_of(items, way)
        if batches is not None:
            return await batches.add(queue, items)
        is_many = way is Way.PIPELINE or (way is Way.AUTO and self._queue.should_pipeline(queue, points))
        return await self._delivery.deliver(queue, items, use_pipeline=is_many)

    async def _deliver_joined(self, queue: str, items: Sequence[NewItem]) -> Sequence[Verdict]:
        points = sum(item.points for item in items)
        is_many = len(items) > 1 or self._queue.should_pipeline(queue, points)
        return await self._delivery.deliver(queue, items, use_pipeline=is_many)

    def status(self) -> IntakeStatus:
        """The intake now. Cost: none, it is kept up to date."""
        change, spooled = self._breaker.last_change, self._spool.totals
        oldest_ms = spooled.oldest_ms
        return IntakeStatus(
            breaker=change.state,
            since_ms=change.time_ms,
            spool_items=spooled.items,
            spool_points=spooled.points,
            spool_bytes=spooled.bytes,
            oldest_age_s=None if oldest_ms is None else max(0.0, (self._clock.now_ms() - oldest_ms) / 1000),
            pending_items=self._batcher.pending_items + self._joiner.pending_items,
            pending_points=self._batcher.pending_points + self._joiner.pending_points,
            reason=change.reason,
        )

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[None]:
        """Batches end first, since they may need the spool; then who drains it; then the spool."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._spool.close)
            stack.push_async_callback(self._leave)
            await stack.enter_async_context(alongside(self._recovery.revive()))
            await stack.enter_async_context(alongside(self._recovery.run(self._breaker, self._beat)))
            await stack.enter_async_context(self._batcher)
            await stack.enter_async_context(self._joiner)
            yield

    async def _beat(self) -> None:
        await self._beats.beat(IntakeBeat(self._name, self.status()))

    async def _leave(self) -> None:
        if self._breaker.is_closed:
            with suppress(ServerUnavailable, TimeoutError):
                async with asyncio.timeout(_LEAVE_S):
                    await self._beats.leave(self._name)


@asynccontextmanager
async def open_intake(
    queue: PriorityQueue, settings: Settings, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[Intake]:
    """The intake of this process, with its spool in the site's data folder.

    Opens with the server away, too. At its end, what waits in batches is sent or spooled.
    """
    intake = Intake(queue, settings, clock)
    async with intake._opened():
        yield intake


def pipeline_thresholds(settings: Settings) -> PipelineThresholds:
    """What the settings say of `should_use_pipeline`."""
    return PipelineThresholds(settings.pipeline_points, settings.pipeline_pending)


def batch_limits(settings: Settings) -> BatchLimits:
    """What the settings say of batches."""
    return BatchLimits(
        items=settings.batch_items,
        busy_items=max(settings.batch_items, settings.batch_busy_items),
        busy_pending=settings.pipeline_pending,
        bytes=settings.batch_bytes,
        wait_s=settings.batch_wait_ms / 1000,
        busy_wait_s=settings.batch_busy_wait_ms / 1000,
        buffer_items=settings.buffer_items,
        buffer_bytes=settings.buffer_bytes,
    )
