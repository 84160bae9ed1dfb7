"""The worker: takes items from the queues, stores them, and only then lets the queue forget them.

    lease ─► decode ─► store.write (a thread; one transaction, synced) ─► ack + next lease, one round trip

Whatever dies in between, the server still holds the items, and their rows are written once.
"""

from __future__ import annotations

import asyncio
import math
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from typing import Final

from racecontrol.domain.checkpoint import Checkpoint, pass_by
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.errors import ServerUnavailable
from racecontrol.pipeline.dequeues import Dequeues
from racecontrol.pipeline.shares import COMPETITION_SHARES, SHARES, Turns
from racecontrol.pipeline.storing import Storer, Tally
from racecontrol.pipeline.tracker_flow import TrackerFlow
from racecontrol.pipeline.waiting import alongside, nap
from racecontrol.queues.limits import IDLE_MS, LEASE_MS
from racecontrol.queues.model import Batch, LeasedItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.mode import Modes
from racecontrol.state.model import WorkerBeat
from racecontrol.state.workers import Workers
from racecontrol.store.base import Store

BATCH_ITEMS: Final = 500
BATCH_BYTES: Final = 400_000
"""Of one lease: 40,000 points in bulk, stored in some 30 ms; small live items are bounded by their number."""

BEAT_S: Final = 1.0
"""Between two heartbeats, and two looks at the mode."""

LOOK_AGAIN_S: Final = 0.1
"""How soon an empty queue is asked again while another has work: one call of 0.1 ms."""

AWAIT_OTHERS_S: Final = 0.2
"""How often a worker that ends with the queues looks whether the others have finished theirs."""

AWAKE: Final = -math.inf
"""Before any monotonic time: where that clock's zero lies is the machine's affair."""

RETRY_S: Final = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Waits while the server is away; the last is repeated."""


class Worker:
    """Stores what comes into the queues until it is told to stop. Any number may run, anywhere.

    The worker owns neither queue nor store. folders: of races, for points that go to a pilot late.
    checkpoint: is told "after lease" and "after commit".
    """

    def __init__(
        self,
        queue: PriorityQueue,
        store: Store,
        *,
        lease_ms: int = LEASE_MS,
        folders: Sequence[Path] = (),
        checkpoint: Checkpoint = pass_by,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.worker_id = f"{socket.gethostname()}:{os.getpid()}"
        self._queue = queue
        self._client = queue.client
        self._beats = Workers(queue.client)
        self._modes = Modes(queue.client)
        self._checkpoint = checkpoint
        self._clock = clock
        self._turns = Turns()
        self._asleep_until_s = dict.fromkeys(SHARES, AWAKE)
        self._idle_s = IDLE_MS / 1000
        self._stopping = asyncio.Event()
        self._storer = Storer(queue, store, lease_ms, self._stopping, TrackerFlow(queue, folders))
        self._dequeues = Dequeues(queue.metrics, self._storer.tally, clock)
        self._stored: tuple[str, list[LeasedItem]] = ("", [])

    def stop(self) -> None:
        """Let `run` end after the batch in hand. To be called in the event loop's thread."""
        self._stopping.set()

    async def run(self, *, until_empty: bool = False) -> Tally:
        """Work until `stop`, or until nothing is ready, delayed or leased in any queue.

        A server that is away is waited for. Raises: QueueError for a fault of this program.
        """
        async with alongside(self._beat()):
            await self._serve(until_empty)
        with suppress(ServerUnavailable):
            await self._beats.leave(self.worker_id)
        return self._storer.tally

    async def _serve(self, until_empty: bool) -> None:
        while not self._stopping.is_set():
            try:
                if await self._turn():
                    continue
                if until_empty and await self._is_all_done():
                    return
                await self._idle(AWAIT_OTHERS_S if until_empty else self._idle_s)
            except ServerUnavailable:
                await self._wait_for_server()
        with suppress(ServerUnavailable):
            await self._ack()

    async def _turn(self) -> bool:
        """Serve one queue once. False where all are empty; all that was stored is acknowledged then."""
        now_s = self._clock.monotonic_s()
        awake = [name for name, until_s in self._asleep_until_s.items() if until_s <= now_s]
        if not awake:
            await self._ack()
            return False
        name = self._turns.next(awake)
        with self._dequeues.recorded(name) as dequeue:
            batch = await self._lease(name)
            if not batch.items:
                self._sleep(name, batch.wait_ms / 1000)
                return True
            self._checkpoint("after lease")
            dequeue.items = batch.items
            self._turns.charge(name, sum(item.points for item in batch.items))
            dequeue.stored = stored = await self._storer.put(name, batch.items)
            self._stored = (name, stored)
        self._checkpoint("after commit")
        return True

    def _sleep(self, name: str, wait_s: float) -> None:
        """Leave an empty queue alone until it may have work."""
        self._idle_s = min(self._idle_s, wait_s)
        self._asleep_until_s[name] = self._clock.monotonic_s() + min(wait_s, LOOK_AGAIN_S)

    async def _lease(self, name: str) -> Batch:
        """Acknowledge what was stored last and lease from a queue; one call where both are the same queue."""
        stored_name, stored = self._stored
        if not stored or stored_name != name:
            await self._ack()
            return await self._queue.lease_batch(
                name, BATCH_ITEMS, lease_ms=self._storer.lease_ms, max_bytes=BATCH_BYTES
            )
        batch = await self._queue.ack_and_lease(
            name, stored, BATCH_ITEMS, lease_ms=self._storer.lease_ms, max_bytes=BATCH_BYTES
        )
        self._stored = ("", [])
        return batch

    async def _ack(self) -> None:
        name, stored = self._stored
        if stored:
            await self._queue.ack(name, stored)
            self._stored = ("", [])

    async def _is_all_done(self) -> bool:
        return all(stats.total_pending == 0 for stats in await self._queue.all_stats())

    async def _idle(self, at_most_s: float) -> None:
        """Sleep until a queue has work, one may have, or the worker is to end."""
        waking = asyncio.create_task(self._queue.wait(tuple(SHARES), at_most_s))
        ending = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((waking, ending), return_when=asyncio.FIRST_COMPLETED)
            if waking.done():
                waking.result()
        finally:
            for task in (waking, ending):
                task.cancel()
            await asyncio.wait((waking, ending))
        self._asleep_until_s = dict.fromkeys(SHARES, AWAKE)
        self._idle_s = IDLE_MS / 1000

    async def _wait_for_server(self) -> None:
        """Bring the server back if it is ours, else ask until it answers; or until the worker is to end."""
        for pause_s in chain(RETRY_S, repeat(RETRY_S[-1])):
            if self._stopping.is_set():
                return
            try:
                await self._client.revive()
            except ServerUnavailable:
                await nap(pause_s, until=self._stopping)
            else:
                return

    async def _beat(self) -> None:
        """Tell that we live and what we did; learn the mode."""
        while True:
            tally = self._storer.tally
            with suppress(ServerUnavailable):
                await self._beats.beat(
                    WorkerBeat(
                        self.worker_id,
                        os.getpid(),
                        socket.gethostname(),
                        rows_total=tally.new,
                        points_total=tally.rows,
                        trouble=self._storer.trouble,
                    )
                )
                mode = await self._modes.mode()
                self._turns.shares = COMPETITION_SHARES if mode.is_competition else SHARES
            await asyncio.sleep(BEAT_S)
