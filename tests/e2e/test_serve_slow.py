"""Fault S4 at its full length: the deadlines of a real service, and what healthy senders feel meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.cli import Cli
from tests.e2e.live_service import live_service
from tests.fixture_races import fixture_race
from tests.server.faults.trackers import Trackers
from tests.server.http.slow_clients import slow_clients

SLOW = 1_000
MOST_P99_S = 0.25
BIBS = tuple(pilot.bib for pilot in fixture_race().pilots[:5])


@pytest.mark.long
async def test_a_thousand_slow_clients_delay_nobody(cli: Cli) -> None:
    """All are closed by their deadline, and until then a healthy post's p99 stays under 250 ms."""
    async with live_service(cli) as service:
        trackers = Trackers(service.post)
        async with trackers.sending(BIBS), slow_clients(service.port, service.token, SLOW) as clients:
            closing = asyncio.create_task(clients.are_closed())
            await trackers.answers(500)
            assert not closing.done()
            assert await closing
        await service.until_all_is_stored()

    print(f"{trackers.statuses.total()} answers, p99 {trackers.p99_s * 1000:.0f} ms")  # noqa: T201
    assert set(trackers.statuses) == {202}
    assert trackers.p99_s < MOST_P99_S
