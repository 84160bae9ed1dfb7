"""The ledger: each enqueue call and dequeued batch of this process becomes a row, in the background."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from contextlib import suppress
from typing import Final

from racecontrol.domain.operation import Operation
from racecontrol.errors import StoreError
from racecontrol.pipeline.recurring import Recurring
from racecontrol.queues.metrics import PipelineMetrics
from racecontrol.server.client import ServerClient
from racecontrol.store.base import Store

EVERY_S: Final = 1.0

KEPT_OPERATIONS: Final = 100_000
"""Operations kept while the store takes nothing, some 20 MB; the oldest are dropped first."""

_log = logging.getLogger(__name__)


class Ledger(Recurring):
    """Writes the metrics' operations to the store once a second while the block runs, and once at its end.

    Enqueueing never waits for it, and no failure of it comes out: what could not be written is
    tried again a second later.
    """

    def __init__(self, metrics: PipelineMetrics, store: Store, client: ServerClient) -> None:
        super().__init__(EVERY_S, has_last_turn=True)
        self._metrics = metrics
        self._store = store
        self._client = client
        self._unwritten: deque[Operation] = deque(maxlen=KEPT_OPERATIONS)

    async def __aexit__(self, *exc_info: object) -> None:
        await super().__aexit__(*exc_info)
        if self._unwritten:
            _log.warning("ledger: the store takes nothing, operations lost: count=%d", len(self._unwritten))

    async def _turn(self) -> None:
        """Write what was recorded up to now, and add it to the sums of all processes."""
        self._unwritten.extend(self._metrics.drain())
        if self._unwritten:
            with suppress(StoreError):
                await asyncio.to_thread(self._store.record, list(self._unwritten))
                self._unwritten.clear()
        await self._metrics.publish(self._client)
