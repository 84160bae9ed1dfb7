"""The ledger: each enqueue call and dequeued batch of this process becomes a row, in the background."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Final, Self

from racecontrol.domain.operation import Operation
from racecontrol.errors import QueueError, ServerUnavailable, StoreError
from racecontrol.pipeline.waiting import nap
from racecontrol.queues.metrics import PipelineMetrics
from racecontrol.server.client import ServerClient
from racecontrol.store.base import Store

EVERY_S: Final = 1.0

KEPT_OPERATIONS: Final = 100_000
"""Operations kept while the store takes nothing, some 20 MB; the oldest are dropped first."""

_log = logging.getLogger(__name__)


class Ledger:
    """Writes the metrics' operations to the store once a second while the block runs, and once at its end.

    Enqueueing never waits for it, and no failure of it comes out: what could not be written is
    tried again a second later.
    """

    def __init__(self, metrics: PipelineMetrics, store: Store, client: ServerClient) -> None:
        self._metrics = metrics
        self._store = store
        self._client = client
        self._unwritten: deque[Operation] = deque(maxlen=KEPT_OPERATIONS)
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        # Not cancelled: rows whose write was cut short might be written twice.
        self._closing.set()
        if self._task is not None:
            await self._task
        if self._unwritten:
            _log.warning("ledger: the store takes nothing, operations lost: count=%d", len(self._unwritten))

    async def _run(self) -> None:
        while not self._closing.is_set():
            await nap(EVERY_S, until=self._closing)
            await self._flush()
        # What came, or was refused, during the last flush.
        await self._flush()

    async def _flush(self) -> None:
        """Write what was recorded up to now, and add it to the sums of all processes."""
        self._unwritten.extend(self._metrics.drain())
        if self._unwritten:
            with suppress(StoreError):
                await asyncio.to_thread(self._store.record, list(self._unwritten))
                self._unwritten.clear()
        with suppress(ServerUnavailable, QueueError):
            await self._metrics.publish(self._client)
