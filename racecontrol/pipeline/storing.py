"""From leased items to rows: what can be stored is stored, whatever stands beside it.

decode ─► write all in one transaction ─► points of assigned trackers to their pilots ─► done
  │              │
  │              ├─ refused: one by one; the item at fault goes back with the reason
  │              └─ store unavailable (disk full, locked): keep the lease and try again,
  │                 since no item is at fault and none may die of it
  └─ undecodable: a dead letter with the reason, alone
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Final, TypeAlias

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import SCORING_POINTS
from racecontrol.errors import PayloadError, ServerUnavailable, StoreError, StoreUnavailable
from racecontrol.pipeline.tracker_flow import TrackerFlow
from racecontrol.pipeline.waiting import alongside, nap
from racecontrol.queues.codec import decode_each
from racecontrol.queues.model import LeasedItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.base import Store, Written
from racecontrol.store.bulk import Scored

PAUSES_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Waits while the store takes nothing; the last is repeated."""

Readable: TypeAlias = tuple[LeasedItem, Fixes]


def run_of(item_id: str) -> str:
    """What the items of one scored version share: the id without the number of the piece at its end.

    An id without one is a version of its own.
    """
    base, _, piece = item_id.rpartition(":")
    return base if base and piece.isdecimal() else item_id


@dataclass(slots=True)
class Tally:
    """What a worker has done since it began. rows: offered to the store; new, conflicts: of them.

    buried_items: undecodable, dead letters now. failed_items: refused by the store, given back.
    """

    items: int = 0
    rows: int = 0
    new: int = 0
    conflicts: int = 0
    buried_items: int = 0
    failed_items: int = 0

    def add(self, other: Tally) -> None:
        """Add what another worker has done."""
        self.items += other.items
        self.rows += other.rows
        self.new += other.new
        self.conflicts += other.conflicts
        self.buried_items += other.buried_items
        self.failed_items += other.failed_items

    def count(self, items: int, written: Written) -> None:
        """Add what one write did."""
        self.items += items
        self.rows += written.rows
        self.new += written.new
        self.conflicts += written.conflicts


@dataclass(slots=True)
class Storer:
    """Stores leased items of one queue. stopping: set when the worker is to end. trackers: None for a bench.

    trouble: why the store takes nothing, "" while it does.
    """

    queue: PriorityQueue
    store: Store
    lease_ms: int
    stopping: asyncio.Event
    trackers: TrackerFlow | None = None
    tally: Tally = field(default_factory=Tally)
    trouble: str = ""

    async def put(self, name: str, items: Sequence[LeasedItem]) -> list[LeasedItem]:
        """Store the items of queue `name`, and give those that may be acknowledged: they are committed.

        Of those whose points could not go on to their pilot the lease runs out, and they come again.
        Raises: ServerUnavailable; what was not acknowledged then comes again, and is stored once.
        """
        async with alongside(self._extend(name, items)):
            stored = await self._put_together(name, await self._decoded(name, items))
            if self.trackers is None or name == SCORING_POINTS:
                return [item for item, _ in stored]
            unmoved = await self.trackers.follow(name, stored)
            return [item for item, _ in stored if item.member not in unmoved]

    async def _decoded(self, name: str, items: Sequence[LeasedItem]) -> list[Readable]:
        readable = []
        for item, fixes in zip(items, decode_each([item.payload for item in items]), strict=True):
            if isinstance(fixes, PayloadError):
                self.tally.buried_items += await self.queue.bury(name, [item], fixes.what)
            else:
                readable.append((item, fixes))
        return readable

    async def _put_together(self, name: str, readable: Sequence[Readable]) -> Sequence[Readable]:
        """Store them in one transaction, else singly; those that are stored."""
        try:
            written = await self._write(name, readable)
        except StoreError:
            return await self._put_singly(name, readable)
        if written is None:
            return []
        self.tally.count(len(readable), written)
        return readable

    async def _put_singly(self, name: str, readable: Sequence[Readable]) -> list[Readable]:
        stored = []
        for item, fixes in readable:
            try:
                written = await self._write(name, [(item, fixes)])
            except StoreError as exc:
                self.tally.failed_items += await self.queue.nack(name, [item], exc.what)
                continue
            if written is None:
                break
            self.tally.count(1, written)
            stored.append((item, fixes))
        return stored

    async def _write(self, name: str, readable: Sequence[Readable]) -> Written | None:
        """Write, however long the store takes nothing; None where the worker is to end meanwhile."""
        for pause_s in chain(PAUSES_S, repeat(PAUSES_S[-1])):
            try:
                written = await asyncio.to_thread(self._keep, name, readable)
            except StoreUnavailable as exc:
                self.trouble = exc.what
            else:
                self.trouble = ""
                return written
            await nap(pause_s, until=self.stopping)
            if self.stopping.is_set():
                break
        return None

    def _keep(self, name: str, readable: Sequence[Readable]) -> Written:
        """Store the points where their queue wants them: tracks, or versions of scored flights."""
        if name == SCORING_POINTS:
            return self.store.score(
                [Scored(run_of(item.item_id), item.enqueued_ms, fixes) for item, fixes in readable]
            )
        return self.store.write([fixes for _, fixes in readable])

    async def _extend(self, name: str, items: Sequence[LeasedItem]) -> None:
        """Keep the lease for as long as this runs."""
        while True:
            await asyncio.sleep(self.lease_ms / 3000)
            # A lease that runs out meanwhile costs double work, never a double row.
            with suppress(ServerUnavailable):
                await self.queue.extend(name, items, self.lease_ms)
