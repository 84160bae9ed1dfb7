"""Migration: a foreign file through the upload queue into the store, counted and compared at the end.

    stage ─► queue (pipelined, checkpoints) ─► workers store ─► compare every flight with the store

Safe to repeat, and to kill anywhere: rows are staged by flight and time, items have ids that follow
from their content, and the store writes each point once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeAlias

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.priority import NORMAL, UPLOAD_POINTS
from racecontrol.formats.tables import RowFault
from racecontrol.pipeline.migrate_check import FlightCheck, check_flight_in, staged_checksum
from racecontrol.pipeline.migrate_source import Staging
from racecontrol.pipeline.migrate_staged import Staged
from racecontrol.pipeline.uploads import chunk_items, upload_priority
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.base import Store

GROUP_POINTS: Final = 100_000
"""Points queued between two checkpoints, some 1 MB."""

COMPARED_POINTS: Final = 20_000
"""Points that are waited for and compared together, while the workers store the next."""

MOST_WAITING_POINTS: Final = 2_000_000
"""Points of a migration in the queue at which it waits for the workers: some 20 MB of the server's memory."""

SHORTEST_LOOK_S: Final = 0.005
LONGEST_LOOK_S: Final = 0.1
LOOK_POINTS_A_S: Final = 5_000_000
"""How soon the queue is asked again whether the workers are done: ten times as soon as they can be."""


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


@dataclass(frozen=True, slots=True)
class Queued:
    """What the first half of a migration did: items added, items the queue had; how long each part took."""

    added: int
    known: int
    stage_s: float
    queue_s: float


OnProgress = Callable[[MigrationProgress], None]

_Flights: TypeAlias = Sequence[tuple[str, int]]
"""Ids, and how many rows each has."""


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
        queued = await self.queue_all(on_progress)
        with self.staging.open() as staged:
            checks = await self._check(staged, staged.flights(), on_progress)
        points = sum(check.points for check in checks)
        at = self.staging.at
        report = MigrationReport(
            rows=at.rows,
            refused=at.refused,
            doubled=at.rows - at.refused - points if at.rows else 0,
            points=points,
            items_added=queued.added,
            items_known=queued.known,
            is_verified=self.is_verifying,
            flights=tuple(checks),
            faults=at.faults,
            stage_s=queued.stage_s,
            queue_s=queued.queue_s,
        )
        if report.differing:
            # The queue may have lost some: a repeat queues them all, and adds what is not known.
            self.staging.reach(queued_flights=0)
        return report

    async def queue_all(self, on_progress: OnProgress) -> Queued:
        """The first half: return when every point is read, checked, queued and synced by the server.

        Raises: as `run`.
        """
        began_s = self.clock.monotonic_s()
        await asyncio.to_thread(self.staging.fill, lambda rows: on_progress(MigrationProgress("read", rows)))
        staged_s = self.clock.monotonic_s()
        with self.staging.open() as staged:
            added, known = await self._enqueue(staged, staged.flights(), on_progress)
        return Queued(added, known, staged_s - began_s, self.clock.monotonic_s() - staged_s)

    async def _enqueue(self, staged: Staged, flights: _Flights, on_progress: OnProgress) -> tuple[int, int]:
        """Queue the flights after the checkpoint; items added, and items the queue had."""
        priority = upload_priority(self.clock.now_ms()) if self.priority is None else self.priority
        added = known = 0
        done = self.staging.at.queued_flights
        rows = _rows(flights[:done])
        waiting: deque[_Flights] = deque()
        waiting_rows = 0
        for group in _groups(flights[done:], GROUP_POINTS):
            while self.is_verifying and waiting_rows >= MOST_WAITING_POINTS:
                oldest = waiting.popleft()
                await self._await_stored(staged, oldest, on_progress)
                waiting_rows -= _rows(oldest)
            items = chain.from_iterable(_items(staged, flight_id, priority) for flight_id, _ in group)
            receipt = await self.queue.enqueue(UPLOAD_POINTS, items)
            added += receipt.added
            known += receipt.duplicates
            done += len(group)
            rows += _rows(group)
            waiting.append(group)
            waiting_rows += _rows(group)
            self.staging.reach(queued_flights=done)
            on_progress(MigrationProgress("queue", rows))
        return added, known

    async def _check(self, staged: Staged, flights: _Flights, on_progress: OnProgress) -> list[FlightCheck]:
        """Every flight's check, as soon as the workers have stored it."""
        checks: list[FlightCheck] = []
        for group in _groups(flights, COMPARED_POINTS):
            if self.is_verifying:
                await self._await_stored(staged, group, on_progress)
            checks += await asyncio.to_thread(self._checked, staged, group)
            on_progress(MigrationProgress("compare", len(checks)))
        return checks

    async def _await_stored(self, staged: Staged, group: _Flights, on_progress: OnProgress) -> None:
        """Wait until the workers are done with these flights. What others queue meanwhile is not ours."""
        ours = await asyncio.to_thread(_item_ids, staged, group)
        while ours := await self.queue.waiting(UPLOAD_POINTS, ours):
            stats = await self.queue.stats(UPLOAD_POINTS)
            on_progress(MigrationProgress("store", stats.points_pending))
            await asyncio.sleep(_look_s(stats.points_pending))

    def _checked(self, staged: Staged, group: _Flights) -> list[FlightCheck]:
        if self.is_verifying:
            return [check_flight_in(staged, self.store, flight_id) for flight_id, _ in group]
        return [staged_checksum(staged, flight_id) for flight_id, _ in group]


def _items(staged: Staged, flight_id: str, priority: float) -> Iterator[NewItem]:
    chunk = 0
    for piece in staged.pieces(flight_id):
        yield from chunk_items(piece, priority, first_chunk=chunk)
        chunk += -(-len(piece) // ITEM_POINTS)


def _item_ids(staged: Staged, group: _Flights) -> list[str]:
    """The ids under which these flights are queued, whenever that was: they follow from the content."""
    return [item.item_id for flight_id, _ in group for item in _items(staged, flight_id, NORMAL)]


def _rows(flights: _Flights) -> int:
    return sum(rows for _, rows in flights)


def _look_s(points: int) -> float:
    """The wait before the next look at a queue in which so many points wait."""
    return min(LONGEST_LOOK_S, max(SHORTEST_LOOK_S, points / LOOK_POINTS_A_S))


def _groups(flights: _Flights, most_points: int) -> Iterator[list[tuple[str, int]]]:
    """Flights in their order, as many together as make so many points."""
    group: list[tuple[str, int]] = []
    rows = 0
    for flight in flights:
        group.append(flight)
        rows += flight[1]
        if rows >= most_points:
            yield group
            group, rows = [], 0
    if group:
        yield group
