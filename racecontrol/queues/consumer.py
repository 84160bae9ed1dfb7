"""Taking items out: leased to one worker, acknowledged once their work is committed, given back if not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.operation import Method, Operation
from racecontrol.domain.text import clean_text
from racecontrol.errors import PayloadError
from racecontrol.queues.codec import decode_each
from racecontrol.queues.core import LANE_TABLE, QueueCore, check_whole, in_chunks
from racecontrol.queues.limits import (
    DEDUPE_MS,
    IDLE_MS,
    LEASE_BYTES,
    LEASE_MS,
    MAX_ATTEMPTS,
    MAX_MEMBERS,
    RETRY_BASE_MS,
    RETRY_CAP_MS,
)
from racecontrol.queues.metrics import races_of
from racecontrol.queues.model import Batch, LeasedItem
from racecontrol.server.client import translated
from racecontrol.server.scripts import Argument, Call

_log = logging.getLogger(__name__)

_REASON_CELLS = 200
_LONGEST_LEASE_MS = 86_400_000


class Consumer(QueueCore):
    """The part of the queue that hands items out. At least once: what is not acknowledged comes back."""

    async def lease_batch(
        self, queue: str, n: int, *, lease_ms: int = LEASE_MS, max_bytes: int = LEASE_BYTES
    ) -> Batch:
        """Take up to `n` items, highest priority first, then first in first out.

        n: 1..1,000. max_bytes: of payloads together; one larger item still comes, alone. An item with
        earlier attempts comes alone, so that a poison item takes no others along. Items whose lease
        ended come back by this call too, in their old place.

        Raises: BadItem; ServerUnavailable, after which a lease whose answer was lost ends by itself.
        Cost: one round trip.
        """
        call = self._lease_call(queue, n, lease_ms, max_bytes)
        return _batch(queue, (await self._exchange([call])).replies[0])

    async def ack(self, queue: str, items: Sequence[LeasedItem]) -> int:
        """End items whose work is committed; gives how many were still held.

        A late one counts too, for the work is done, unless its id was ended and enqueued again since.

        Raises: ServerUnavailable; a repeat ends the rest. Cost: one round trip; none for no items.
        """
        return sum((await self._exchange(self._ack_calls(queue, items))).replies) if items else 0

    async def ack_and_lease(
        self,
        queue: str,
        items: Sequence[LeasedItem],
        n: int,
        *,
        lease_ms: int = LEASE_MS,
        max_bytes: int = LEASE_BYTES,
    ) -> Batch:
        """`ack` these and `lease_batch` the next. Cost: one round trip for both."""
        calls = self._ack_calls(queue, items)
        calls.append(self._lease_call(queue, n, lease_ms, max_bytes))
        return _batch(queue, (await self._exchange(calls)).replies[-1])

    async def nack(self, queue: str, items: Sequence[LeasedItem], reason: str) -> int:
        """Give items back, to be tried again after half to all of min(60 s, 0.5 s * 2^attempt).

        An item leased 5 times becomes a dead letter with this reason. Gives how many were still ours:
        once a lease is over, nothing is done. Cost: one round trip; none for no items.
        """
        limits: list[Argument] = [
            MAX_ATTEMPTS,
            RETRY_BASE_MS,
            RETRY_CAP_MS,
            clean_text(reason, _REASON_CELLS),
        ]
        return await self._fenced("nack", queue, items, limits)

    async def bury(self, queue: str, items: Sequence[LeasedItem], reason: str) -> int:
        """Make dead letters of items that no retry can help; gives how many were still ours.

        Cost: one round trip; none for no items.
        """
        return await self._fenced("bury", queue, items, [clean_text(reason, _REASON_CELLS)])

    async def extend(self, queue: str, items: Sequence[LeasedItem], lease_ms: int = LEASE_MS) -> int:
        """Let leases last `lease_ms` from now, never shorter than before; gives how many were still ours.

        Cost: one round trip; none for no items.
        """
        check_whole("lease_ms", lease_ms, 1, _LONGEST_LEASE_MS)
        return await self._fenced("extend", queue, items, [lease_ms])

    async def dequeue_batch(self, queue: str, n: int) -> list[Fixes]:
        """Take up to `n` items out for good and give their fixes: for tools, not for work that may fail.

        A payload that cannot be read becomes a dead letter. Cost: two round trips.
        """
        created_at_ms, began_s = self._clock.now_ms(), self._clock.monotonic_s()
        batch = await self.lease_batch(queue, n)
        fixes, read = [], []
        decoded = decode_each([item.payload for item in batch.items])
        for item, one in zip(batch.items, decoded, strict=True):
            if isinstance(one, PayloadError):
                await self.bury(queue, [item], str(one))
            else:
                fixes.append(one)
                read.append(item)
        await self.ack(queue, read)
        if batch.items:
            counts = sum(map(len, fixes)), len(fixes), (self._clock.monotonic_s() - began_s) * 1000
            races = races_of({one.flight.race_id.encode() for one in fixes})
            self.metrics.record(Operation(created_at_ms, queue, Method.DEQUEUE, *counts, races=races))
        return fixes

    async def wait(self, queues: Sequence[str], timeout_s: float) -> str | None:
        """Sleep until one of the queues may have work, at most `timeout_s` and never over 5 s.

        Give it a lease's `wait_ms`. Answers the queue that woke us, or None. Only a marker is popped, so
        a cancelled wait loses nothing; it can cost another waiter its wake-up, and so 5 s.

        Raises: ServerUnavailable.
        """
        markers = {self.keys_of(queue).marker: queue for queue in queues}
        # 0 would mean for ever.
        seconds = max(0.01, min(timeout_s, IDLE_MS / 1000))
        with translated(self.client):
            popped = await self.client.blocking.bzpopmin(list(markers), seconds)
        return None if popped is None else markers[str(popped[0], "ascii")]  # type: ignore[arg-type]

    def _lease_call(self, queue: str, n: int, lease_ms: int, max_bytes: int) -> Call:
        check_whole("n", n, 1, MAX_MEMBERS)
        check_whole("lease_ms", lease_ms, 1, _LONGEST_LEASE_MS)
        check_whole("max_bytes", max_bytes, 1, 10**9)
        return self._call_of("lease", queue, [n, lease_ms, MAX_ATTEMPTS, max_bytes, IDLE_MS])

    def _ack_calls(self, queue: str, items: Sequence[LeasedItem]) -> list[Call]:
        return [
            self._call_of("ack", queue, [DEDUPE_MS, LANE_TABLE, *(item.member for item in some)])
            for some in in_chunks(items, MAX_MEMBERS)
        ]

    async def _fenced(
        self, operation: str, queue: str, items: Sequence[LeasedItem], limits: Sequence[Argument]
    ) -> int:
        if not items:
            return 0
        calls = []
        for some in in_chunks(items, MAX_MEMBERS):
            pairs: list[Argument] = []
            for item in some:
                pairs += (item.member, item.attempt)
            calls.append(self._call_of(operation, queue, [*limits, *pairs]))
        return sum((await self._exchange(calls)).replies)


def _batch(queue: str, reply: Sequence[Any]) -> Batch:
    wait_ms, lost_ids, attempt = reply[:3]
    for item_id in lost_ids:
        _log.error("item lost: its payload is gone from the server queue=%s id=%s", queue, item_id.decode())
    items = []
    for member, meta, payload in zip(reply[3::3], reply[4::3], reply[5::3], strict=True):
        _, priority, enqueued_ms, points = meta.split(b"|")
        items.append(
            LeasedItem(member.decode(), attempt, float(priority), int(enqueued_ms), int(points), payload)
        )
    return Batch(tuple(items), wait_ms)
