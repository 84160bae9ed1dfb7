"""`Recovery`: finds out that the server is back, and then brings it what it missed.

    breaker open ─► a probe when it is due ─► closed ─► race log, own spool, spools of dead processes

A probe is a heartbeat: a write, since a server out of memory or without a disk answers every read.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.intake import BreakerState
from racecontrol.domain.severity import Severity
from racecontrol.errors import BuffersFull, QueueError, ServerUnavailable
from racecontrol.pipeline.spool_drain import drain, drain_abandoned
from racecontrol.pipeline.waiting import nap
from racecontrol.queues.breaker import Breaker, BreakerChange
from racecontrol.queues.queue import PriorityQueue
from racecontrol.queues.spool.spool import Spool
from racecontrol.state.log import RaceLog

EVERY_S: Final = 1.0
"""Between two heartbeats, and two looks for spools to drain."""

_PROBE_S: Final = 1.0
_REVIVE_EVERY_S: Final = 0.1
"""Beside the client's own back-off, for a server that answers and takes no writes."""

_ROUND_ITEMS: Final = 2_000
"""Drained between two heartbeats: under a second, so that an intake that drains is not taken for gone."""

_KEPT_CHANGES: Final = 1_000

_log = logging.getLogger(__name__)


class Recovery:
    """One process's. `changed` is told of every change of the breaker."""

    def __init__(self, queue: PriorityQueue, spool: Spool, folder: Path, name: str) -> None:
        """folder: of the site's spools. name: of this process, for the race log."""
        self._queue = queue
        self._spool = spool
        self._folder = folder
        self._name = name
        self._race_log = RaceLog(queue.client)
        self._untold: deque[BreakerChange] = deque(maxlen=_KEPT_CHANGES)
        self._changed = asyncio.Event()
        self._away = asyncio.Event()

    def changed(self, change: BreakerChange) -> None:
        """Log the change here at once, and in the race log when the server takes it."""
        _log.warning("breaker: state=%s reason=%s", change.state, change.reason)
        last = self._untold[-1].state if self._untold else None
        if change.state is BreakerState.OPEN and last is BreakerState.HALF_OPEN:
            # A probe in vain, one of hundreds in a long night, is no news to the race.
            self._untold.pop()
        else:
            self._untold.append(change)
        if change.state is BreakerState.CLOSED:
            self._away.clear()
        else:
            self._away.set()
        self._changed.set()

    async def run(self, breaker: Breaker, probe: Callable[[], Awaitable[None]]) -> None:
        """Until cancelled. probe: one write; raises ServerUnavailable."""
        while True:
            self._changed.clear()
            await self._try(breaker, probe)
            if breaker.is_closed:
                await self._catch_up(breaker)
            wait_s = EVERY_S if breaker.is_closed else breaker.probe_in_s
            await nap(wait_s, until=self._changed)

    async def revive(self) -> None:
        """While the breaker is open, start a server of our own that died. Until cancelled."""
        while True:
            await self._away.wait()
            with suppress(ServerUnavailable):
                await self._queue.client.revive()
            await asyncio.sleep(_REVIVE_EVERY_S)

    async def _try(self, breaker: Breaker, probe: Callable[[], Awaitable[None]]) -> None:
        """A heartbeat: where the breaker is closed it watches, where a probe is due it is the probe."""
        if not (breaker.is_closed or breaker.begin_probe()):
            return
        try:
            async with asyncio.timeout(_PROBE_S):
                await probe()
        except TimeoutError:
            self._failed(breaker, f"no answer to a heartbeat within {_PROBE_S:g} s", is_silent=True)
        except ServerUnavailable as exc:
            self._failed(breaker, exc.what)
        except QueueError as exc:
            # A server that refuses the heartbeat is there, and takes points perhaps.
            _log.error("heartbeat refused: reason=%s", exc)
            self._is_back(breaker)
        else:
            self._is_back(breaker)

    def _is_back(self, breaker: Breaker) -> None:
        if breaker.state is BreakerState.HALF_OPEN:
            breaker.probe_succeeded()

    def _failed(self, breaker: Breaker, reason: str, *, is_silent: bool = False) -> None:
        if breaker.state is BreakerState.HALF_OPEN:
            breaker.probe_failed(reason)
        else:
            breaker.failed(reason, is_silent=is_silent)

    async def _catch_up(self, breaker: Breaker) -> None:
        try:
            await self._tell()
            drained = await drain(self._queue, self._spool, _ROUND_ITEMS)
            drained += await drain_abandoned(self._queue, self._folder, _ROUND_ITEMS)
        except TimeoutError:
            breaker.failed("no answer while the race log was written")
        except ServerUnavailable as exc:
            breaker.failed(exc.what)
        except (BuffersFull, QueueError) as exc:
            # The items stay where they are; the next look tries again.
            _log.error("spool: not drained: reason=%s", exc)
        else:
            if drained:
                _log.info("spool: drained: items=%d", drained)
                # There may be more, which does not wait for the next heartbeat.
                self._changed.set()

    async def _tell(self) -> None:
        while self._untold:
            change = self._untold[0]
            why = f"{iso_utc(change.time_ms)} {change.reason}".strip()
            severity = Severity.WARNING if change.state is BreakerState.OPEN else Severity.INFO
            async with asyncio.timeout(_PROBE_S):
                await self._race_log.append("", self._name, f"intake breaker {change.state}", why, severity)
            self._untold.popleft()
