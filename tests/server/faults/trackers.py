"""Trackers that send to a service as fast as it answers, and what of it must be in the store."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.sender import SenderKind
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS
from tests.fixture_races import fixture_race
from tests.server.checker import check_empty, check_queues
from tests.server.http.serving import LIVE, Served
from tests.server.pipeline.tools import until

BIBS = tuple(pilot.bib for pilot in fixture_race().pilots[:4])

Post: TypeAlias = Callable[[dict[str, Any]], Awaitable[int]]
"""Sends a live body; the status of its answer."""


def body_of(bib: str, time_ms: int) -> dict[str, Any]:
    """One fix of a pilot."""
    moment = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
    return {"flight_id": f"R42/{bib}", "track_points": [{"lat": 45.9, "lon": 6.2, "datetime": moment}]}


def posting(service: Served) -> Post:
    """Posts live bodies as a gateway of R42."""
    token = service.token(SenderKind.RACE, "R42")

    async def post(body: dict[str, Any]) -> int:
        return (await service.post(LIVE, body, token)).status

    return post


class Trackers:
    """Trackers that send a new fix as soon as the last was answered. accepted: what got a 202."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.accepted: list[tuple[str, int]] = []
        self.statuses: Counter[int] = Counter()
        self.answered_in_s: list[float] = []
        self.is_over = False

    async def answers(self, more: int) -> None:
        """Return when that many more have come."""
        wanted = len(self.answered_in_s) + more

        async def have_come() -> bool:
            return len(self.answered_in_s) >= wanted

        await until(f"{more} answers come", have_come)

    @property
    def p99_s(self) -> float:
        """What the slowest hundredth of the answers took at least."""
        slowest = sorted(self.answered_in_s)
        return slowest[len(slowest) * 99 // 100]

    @asynccontextmanager
    async def sending(self, bibs: Iterable[str] = BIBS) -> AsyncIterator[None]:
        """All of them send while the block runs; at its end the last have their answers."""
        senders = [asyncio.create_task(self.send(bib)) for bib in bibs]
        try:
            yield
        finally:
            self.is_over = True
            await asyncio.gather(*senders)

    async def send(self, bib: str) -> None:
        loop = asyncio.get_running_loop()
        time_ms = GUN_MS
        while not self.is_over:
            began_s = loop.time()
            status = await self._post(body_of(bib, time_ms))
            self.answered_in_s.append(loop.time() - began_s)
            self.statuses[status] += 1
            if status == 202:
                self.accepted.append((bib, time_ms))
                time_ms += 1000
            # As often as a gateway of a hundred pilots; more would only make the test longer.
            await asyncio.sleep(0.02)


async def has_recovered(service: Served) -> bool:
    status = service.service.intake.status()
    return (status.breaker, status.spool_items) == (BreakerState.CLOSED, 0)


async def stored_by_a_worker(client: ServerClient, database: Path) -> list[tuple[str, int]]:
    """(bib, time) of every fix that a worker found in the queue and stored; nothing is left in it."""
    with SqliteStore(database) as store:
        await Worker(PriorityQueue(client), store, lease_ms=500).run(until_empty=True)
    await check_queues(client)
    await check_empty(client)
    return fixes_in(database)


def fixes_in(database: Path) -> list[tuple[str, int]]:
    """(bib, time) of every fix of R42 that a store holds."""
    with SqliteStore(database) as store:
        return sorted(
            (flight.flight.bib, int(time_ms))
            for flight in store.flights("R42")
            if (track := store.track(flight.flight.flight_id)) is not None
            for time_ms in track.time_ms
        )
