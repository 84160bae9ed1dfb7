"""Fault Q5: the server stops answering for 5 s, is killed, and comes back, while trackers send."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.sender import SenderKind
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS
from tests.server.checker import check_empty, check_queues
from tests.server.http.serving import LIVE, Served, served
from tests.server.pipeline.tools import until
from tests.server.tools import ValkeyProcess

FROZEN_S = 5.0
DEADLINE_S = 1.0
TRACKERS = 4


def body_of(bib: int, time_ms: int) -> dict[str, Any]:
    """One fix of a pilot."""
    moment = datetime.fromtimestamp(time_ms / 1000, UTC).isoformat()
    return {"flight_id": f"R42/{bib}", "track_points": [{"lat": 45.9, "lon": 6.2, "datetime": moment}]}


class Trackers:
    """Trackers that send a new fix as soon as the last was answered. accepted: what got a 202."""

    def __init__(self, service: Served) -> None:
        self._service = service
        self._token = service.token(SenderKind.RACE, "R42")
        self.accepted: list[tuple[int, int]] = []
        self.statuses: Counter[int] = Counter()
        self.answered_in_s: list[float] = []
        self.is_over = False

    async def answers(self, more: int) -> None:
        """Return when that many more have come."""
        wanted = len(self.answered_in_s) + more

        async def have_come() -> bool:
            return len(self.answered_in_s) >= wanted

        await until(f"{more} answers come", have_come)

    async def send(self, bib: int) -> None:
        loop = asyncio.get_running_loop()
        time_ms = GUN_MS
        while not self.is_over:
            began_s = loop.time()
            reply = await self._service.post(LIVE, body_of(bib, time_ms), self._token)
            self.answered_in_s.append(loop.time() - began_s)
            self.statuses[reply.status] += 1
            if reply.status == 202:
                self.accepted.append((bib, time_ms))
                time_ms += 1000
            # As often as a gateway of a hundred pilots; more would only make the test longer.
            await asyncio.sleep(0.02)


async def test_what_was_accepted_meanwhile_is_stored_once(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Every 202 is in the store, answers keep coming within a second, and the breaker closes again."""
    async with served(own_server.url, tmp_path) as service:
        trackers = Trackers(service)
        sending = [asyncio.create_task(trackers.send(bib)) for bib in range(1, TRACKERS + 1)]
        await trackers.answers(20)
        with own_server.frozen():
            await asyncio.sleep(FROZEN_S)
            was_open = service.service.intake.status().breaker is not BreakerState.CLOSED
        await asyncio.to_thread(own_server.kill)
        await trackers.answers(50)
        await asyncio.to_thread(own_server.start)
        await until("the spool is drained", lambda: has_recovered(service))
        trackers.is_over = True
        await asyncio.gather(*sending)
        await until("the spool is drained", lambda: has_recovered(service))
        with SqliteStore(tmp_path / "stored.db") as store:
            await Worker(PriorityQueue(service.site.client), store).run(until_empty=True)
            stored = [
                (int(flight.flight.bib), int(time_ms))
                for flight in store.flights("R42")
                if (track := store.track(flight.flight.flight_id)) is not None
                for time_ms in track.time_ms
            ]
        await check_queues(service.site.client)
        await check_empty(service.site.client)

    slowest = sorted(trackers.answered_in_s)
    assert was_open
    assert (set(trackers.statuses), sorted(stored)) == ({202}, sorted(trackers.accepted))
    assert slowest[len(slowest) * 99 // 100] < DEADLINE_S


async def has_recovered(service: Served) -> bool:
    status = service.service.intake.status()
    return (status.breaker, status.spool_items) == (BreakerState.CLOSED, 0)
