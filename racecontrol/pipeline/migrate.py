"""Migration: a foreign file through the upload queue into the store, counted and compared at the end.

    stage ─► queue (pipelined, checkpoints) ─► workers store ─► compare every flight with the store

Safe to repeat, and to kill anywhere: rows are staged by flight and time, items have ids that follow
from their content, and the store writes each point once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.formats.tables import RowFault
from racecontrol.pipeline.migrate_check import FlightCheck, check_flight_in, pieces_of, staged_checksum
from racecontrol.pipeline.migrate_source import Staging
from racecontrol.pipeline.uploads import chunk_items, upload_priority
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.base import FlightSummary, Store

GROUP_POINTS: Final = 100_000
"""Points queued between two checkpoints, some 1 MB."""

MOST_WAITING_POINTS: Final = 2_000_000
"""Points in the queue at which a migration waits for the workers: some 20 MB of the server's memory."""

LOOK_S: Final = 0.1
"""How often the queue is asked whether the workers have got on."""


@dataclass(frozen=True, slots=True)
class MigrationProgress:
    """Where a migration is. phase: "read", "queue", "store" or "compare". done: rows, points or flights."""

    phase: str
    done: int


@dataclass(frozen=True, slots=True)
class MigrationReport:
    """What a migration did. rows = refused + doubled + points, of a table; 0 rows for a store.

    doubled: rows of a flight and time that an earlier row had. is_verified: the store was compared.
    stage_s, queue_s: how long it took to read the source, and to queue its points.
    """

    rows: int
    refused: int
    doubled: int
    points: int
    items_added: int
    items_known: int
    is_verified: bool
    flights: tuple[FlightCheck, ...]
    faults: tuple[RowFault, ...]
    stage_s: float
    queue_s: float

    @property
    def differing(self) -> list[FlightCheck]:
        """The flights of which the store does not hold every point as it was in the source."""
        return [flight for flight in self.flights if self.is_verified and not flight.is_equal]


OnProgress = Callable[[MigrationProgress], None]


@dataclass(slots=True)
class Migration:
    """One migration. priority: None for minus the time of receipt. store: where the workers store.

    is_verifying: wait for the workers, who must be running, and compare.
    """

    staging: Staging
    queue: PriorityQueue
    store: Store
    priority: float | None = None
    is_verifying: bool = True
    clock: Clock = SYSTEM_CLOCK

    async def run(self, on_progress: OnProgress) -> MigrationReport:
        """Do it, or what is left of it.

        Raises: FormatError; ConfigError; StoreError; ServerUnavailable; a repeat then goes on from there.
        """
        began_s = self.clock.monotonic_s()
        await asyncio.to_thread(self.staging.fill, lambda rows: on_progress(MigrationProgress("read", rows)))
        staged_s = self.clock.monotonic_s()
        with await asyncio.to_thread(self.staging.open) as staged:
            flights = staged.flights()
            added, known = await self._enqueue(staged, flights, on_progress)
            queued_s = self.clock.monotonic_s()
            if self.is_verifying:
                await self._await_workers(0, on_progress)
            checks = await asyncio.to_thread(self._check, staged, flights, on_progress)
        points = sum(flight.points for flight in flights)
        at = self.staging.at
        return MigrationReport(
            rows=at.rows,
            refused=at.refused,
            doubled=at.rows - at.refused - points if at.rows else 0,
            points=points,
            items_added=added,
            items_known=known,
            is_verified=self.is_verifying,
            flights=tuple(checks),
            faults=tuple(self.staging.faults),
            stage_s=staged_s - began_s,
            queue_s=queued_s - staged_s,
        )

    async def _enqueue(
        self, staged: Store, flights: Sequence[FlightSummary], on_progress: OnProgress
    ) -> tuple[int, int]:
        """Queue the flights after the checkpoint; items added, and items the queue had."""
        priority = upload_priority(self.clock.now_ms()) if self.priority is None else self.priority
        added = known = 0
        done = self.staging.at.queued_flights
        points = sum(flight.points for flight in flights[:done])
        for group in _groups(flights[done:]):
            if self.is_verifying:
                await self._await_workers(MOST_WAITING_POINTS, on_progress)
            items = chain.from_iterable(_items(staged, one, priority) for one in group)
            receipt = await self.queue.enqueue(UPLOAD_POINTS, items)
            added += receipt.added
            known += receipt.duplicates
            done += len(group)
            points += sum(flight.points for flight in group)
            await asyncio.to_thread(self.staging.reach, queued_flights=done)
            on_progress(MigrationProgress("queue", points))
        return added, known

    async def _await_workers(self, most_points: int, on_progress: OnProgress) -> None:
        """Wait until no more than so many points wait; 0: until nothing is left to be done."""
        while True:
            stats = await self.queue.stats(UPLOAD_POINTS)
            if not stats.total_pending or (most_points and stats.points_pending < most_points):
                return
            on_progress(MigrationProgress("store", stats.points_pending))
            await asyncio.sleep(LOOK_S)

    def _check(
        self, staged: Store, flights: Sequence[FlightSummary], on_progress: OnProgress
    ) -> list[FlightCheck]:
        checks = []
        for number, summary in enumerate(flights, 1):
            if self.is_verifying:
                checks.append(check_flight_in(staged, self.store, summary.flight.flight_id))
            else:
                checks.append(staged_checksum(staged, summary.flight.flight_id))
            on_progress(MigrationProgress("compare", number))
        return checks


def _groups(flights: Sequence[FlightSummary]) -> Iterator[list[FlightSummary]]:
    """Flights in their order, as many together as make GROUP_POINTS."""
    group: list[FlightSummary] = []
    points = 0
    for flight in flights:
        group.append(flight)
        points += flight.points
        if points >= GROUP_POINTS:
            yield group
            group, points = [], 0
    if group:
        yield group


def _items(staged: Store, flight: FlightSummary, priority: float) -> Iterator[NewItem]:
    chunk = 0
    for piece in pieces_of(staged, flight.flight.flight_id):
        yield from chunk_items(piece, priority, first_chunk=chunk)
        chunk += -(-len(piece) // ITEM_POINTS)
