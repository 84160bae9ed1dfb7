"""Fault Q2: the embedded server is killed under load; what it had acknowledged is stored, once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.launcher import embedded_client, release_server
from tests.server.embedded import process_id
from tests.server.faults.tools import assert_all_is_stored, send_each, working
from tests.server.pipeline.tools import items_of, make_flights

BACK_WITHIN_S = 3.0
KILLS = 5


@pytest.fixture
def server_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "server"
    release_server(tmp_path / "server")


async def test_a_server_killed_under_load_loses_nothing(server_dir: Path, tmp_path: Path) -> None:
    """Five kills at random moments of sending and storing; the seed is printed."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    dice = random.Random(seed)
    flights = make_flights(60 * KILLS, points=20)
    async with embedded_client(server_dir) as client:
        queue = PriorityQueue(client)
        async with working(client, tmp_path / "rc.db"):
            for number in range(KILLS):
                part = flights[number * 60 : number * 60 + 60]
                sending = asyncio.create_task(send_each(queue, part))
                await asyncio.wait((sending,), timeout=dice.uniform(0, 0.05))
                os.kill(process_id(server_dir), signal.SIGKILL)
                await sending
            await assert_all_is_stored(client, tmp_path / "rc.db", flights)


async def test_service_is_back_within_three_seconds(server_dir: Path) -> None:
    """Whoever sends next starts the killed server, and is answered."""
    first, second = items_of(make_flights(2))
    async with embedded_client(server_dir) as client:
        queue = PriorityQueue(client)
        await queue.enqueue(LIVE_POINTS, [first])
        os.kill(process_id(server_dir), signal.SIGKILL)
        async with asyncio.timeout(BACK_WITHIN_S):
            await queue.enqueue(LIVE_POINTS, [second])

        assert (await queue.stats(LIVE_POINTS)).ready == 2
