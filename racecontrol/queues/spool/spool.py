"""`Spool`: one process's accepted items on disk. The loop never waits for the disk; a thread of its own does.

callers ─► waiting ─► one synced transaction for all that wait ─► each caller has its answer

What arrives while a transaction is synced shares the next one, so hundreds of callers cost some syncs.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.errors import BuffersFull
from racecontrol.queues.model import NewItem
from racecontrol.queues.spool.file import Spooled, SpoolFile, SpoolTotals
from racecontrol.queues.spool.folder import Lease, new_lease
from racecontrol.queues.verdict import Verdict

GROUP_BYTES: Final = 4 * 1024 * 1024
"""Payloads of one transaction: some 20 ms of a common disk, so that nobody waits long for the others."""

_NEVER: Final = -math.inf

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Asking:
    queue: str
    items: Sequence[NewItem]
    answer: asyncio.Future[list[Verdict]]

    def tell(self, result: list[Verdict] | Exception) -> None:
        """Answer whoever asks, unless it was cancelled meanwhile."""
        if self.answer.done():
            return
        if isinstance(result, Exception):
            self.answer.set_exception(result)
        else:
            self.answer.set_result(result)


class Spool:
    """Opened at the first item, so that a process that needs none leaves no file. Closed by its maker."""

    def __init__(
        self, folder: Path, most_bytes: int | None, *, lease: Lease | None = None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        """most_bytes: of the file. lease: of a file that a process left behind, for draining it."""
        self._folder = folder
        self._most_bytes = most_bytes
        self._lease = lease
        self._clock = clock
        self._file: SpoolFile | None = None
        self._thread = ThreadPoolExecutor(1, "spool")
        self._waiting: deque[_Asking] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._full_until_s = _NEVER
        self.totals = SpoolTotals()

    @property
    def is_full(self) -> bool:
        """Items had no room, and were told to come again at a time that is not yet there."""
        return self._clock.monotonic_s() < self._full_until_s

    async def add(self, queue: str, items: Sequence[NewItem]) -> list[Verdict]:
        """Keep the items, synced; what became of each. All of them, or none, but those refused before.

        Raises: BuffersFull where the size limit is reached, or the disk is full or fails.
        Cost: one sync, shared with whoever else waits.
        """
        asking = _Asking(queue, items, asyncio.get_running_loop().create_future())
        self._waiting.append(asking)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await asking.answer

    async def next(self) -> list[Spooled]:
        """The items to be drained next, by priority; none where there are none. Raises: BuffersFull."""
        if self._file is None and self._lease is None:
            return []
        return await self._in_thread(lambda: self._opened().next())

    async def remove(self, spooled: Sequence[Spooled]) -> None:
        """Take items out that the server has. Raises: BuffersFull, and they stay."""
        await self._in_thread(lambda: self._remove(spooled))

    async def refuse(self, one: Spooled, reason: str) -> None:
        """Put an item aside that the server will never take. Raises: BuffersFull."""
        _log.error(
            "spool: item refused for good: queue=%s item=%s reason=%s", one.queue, one.item.item_id, reason
        )
        await self._in_thread(lambda: self._opened().refuse(one.number, reason))

    async def close(self) -> None:
        """Finish what callers wait for, and end the lease; an empty file goes, another stays for the next."""
        if self._writing is not None:
            await self._writing
        await self._in_thread(self._close)
        self._thread.shutdown()

    async def _in_thread(self, work: Callable[[], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _write(self) -> None:
        while self._waiting:
            group = self._next_group()
            results: Sequence[list[Verdict] | Exception]
            try:
                results = await self._in_thread(partial(self._commit, group))
            except Exception as exc:
                # A fault of ours must not leave callers waiting for ever.
                results = [exc] * len(group)
            for asking, result in zip(group, results, strict=True):
                asking.tell(result)

    def _next_group(self) -> list[_Asking]:
        group: list[_Asking] = []
        size = 0
        while self._waiting and (not group or size < GROUP_BYTES):
            group.append(self._waiting.popleft())
            size += sum(len(item.payload) for item in group[-1].items)
        return group

    def _commit(self, group: Sequence[_Asking]) -> Sequence[list[Verdict] | BuffersFull]:
        """One transaction for all; where it does not fit, one each, so that some may."""
        try:
            file, now_ms = self._opened(), self._clock.now_ms()
            with file.transaction():
                added = [file.add(one.queue, one.items, now_ms) for one in group]
        except BuffersFull as exc:
            if len(group) == 1:
                self._full_until_s = self._clock.monotonic_s() + exc.retry_after_s
                return [exc]
            return [result for one in group for result in self._commit([one])]
        self._full_until_s = _NEVER
        for one, verdicts in zip(group, added, strict=True):
            self._count(one.items, verdicts, now_ms)
        return added

    def _count(self, items: Sequence[NewItem], verdicts: Sequence[Verdict], now_ms: int) -> None:
        told = zip(items, verdicts, strict=True)
        new = [item for item, verdict in told if verdict.is_spooled and not verdict.is_duplicate]
        totals = self.totals
        self.totals = replace(
            totals,
            items=totals.items + len(new),
            points=totals.points + sum(item.points for item in new),
            bytes=totals.bytes + sum(len(item.payload) for item in new),
            oldest_ms=totals.oldest_ms if totals.oldest_ms is not None else now_ms if new else None,
        )

    def _remove(self, spooled: Sequence[Spooled]) -> None:
        file = self._opened()
        file.remove([one.number for one in spooled])
        self._full_until_s = _NEVER
        totals = self.totals
        self.totals = replace(
            totals,
            items=totals.items - len(spooled),
            points=totals.points - sum(one.item.points for one in spooled),
            bytes=totals.bytes - sum(len(one.item.payload) for one in spooled),
            oldest_ms=file.oldest_ms(),
        )

    def _opened(self) -> SpoolFile:
        if self._file is None:
            self._lease = self._lease or new_lease(self._folder)
            self._file = SpoolFile(self._lease.path, self._most_bytes)
            self.totals = self._file.totals()
        return self._file

    def _close(self) -> None:
        if self._lease is None:
            return
        is_empty = self._file is not None and not self.totals.items
        if self._file is not None:
            self._file.close()
        if is_empty:
            self._lease.discard()
        else:
            self._lease.give_back()
