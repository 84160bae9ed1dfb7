"""Faults Q1, Q6 and Q12: workers killed, frozen and poisoned, in processes of their own."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path

import pytest

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.state.workers import Workers
from tests.server.faults.tools import working
from tests.server.pipeline.mortal import LEASE_MS, LONG_LIFE, Fate, worker_process
from tests.server.pipeline.tools import assert_holds_exactly, fill, make_flights, until

KILLED = -signal.SIGKILL
POISON = "R42/50"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "racecontrol.db"


async def ended(url: str, database: Path, fate: Fate = LONG_LIFE) -> int | None:
    """The exit code of one worker, once it has ended."""
    with worker_process(url, database, fate) as process:
        await asyncio.to_thread(process.join)
        return process.exitcode


@pytest.mark.parametrize("point", ["after lease", "before commit", "after commit"])
async def test_a_worker_killed_at_a_crash_point_costs_nothing(
    queue: PriorityQueue, valkey_url: str, database: Path, point: str
) -> None:
    """Fault Q1: its items come back when the lease is over, and each point is stored once."""
    flights = make_flights(20)
    await fill(queue, flights)

    assert await ended(valkey_url, database, Fate(at=point)) == KILLED
    assert await ended(valkey_url, database) == 0

    stats = await queue.stats(LIVE_POINTS)
    assert (stats.expired_items, stats.acked_items, stats.held) == (20, 20, 0)
    assert_holds_exactly(database, flights)


@pytest.mark.long
async def test_items_of_a_killed_worker_are_stored_within_a_second_of_its_lease(
    queue: PriorityQueue, client: ServerClient, valkey_url: str, database: Path
) -> None:
    """Fault Q1: by another that was waiting, or comes at once."""
    flights = make_flights(20)
    await fill(queue, flights)
    assert await ended(valkey_url, database, Fate(at="after lease")) == KILLED
    died_s = asyncio.get_running_loop().time()

    async with working(client, database):
        await until("all is stored", lambda: is_empty(queue))
        took_s = asyncio.get_running_loop().time() - died_s

    print(f"{took_s:.2f} s of a lease of {LEASE_MS} ms")  # noqa: T201
    assert took_s < LEASE_MS / 1000 + 1
    assert_holds_exactly(database, flights)


async def test_workers_killed_at_random_moments_cost_nothing(
    queue: PriorityQueue, valkey_url: str, database: Path
) -> None:
    """Fault Q1: thirty kills in the middle of the work; the seed is printed."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    dice = random.Random(seed)
    flights = make_flights(600, points=100)

    for round_ in range(30):
        await fill(queue, flights[round_ * 20 : round_ * 20 + 20])
        with worker_process(valkey_url, database) as process:
            await asyncio.to_thread(process.join, dice.uniform(0.015, 0.1))
    assert await ended(valkey_url, database) == 0

    stats = await queue.stats(LIVE_POINTS)
    assert (stats.acked_items, stats.held) == (600, 0), f"seed {seed}"
    assert_holds_exactly(database, flights)


async def test_a_frozen_worker_that_thaws_after_its_lease_stores_nothing_twice(
    queue: PriorityQueue, client: ServerClient, valkey_url: str, database: Path
) -> None:
    """Fault Q6: another has done its work meanwhile; its late ack ends nothing, and it goes on."""
    flights = make_flights(20)
    await fill(queue, flights)

    with worker_process(valkey_url, database, Fate("after lease", signal.SIGSTOP)) as frozen:
        await until("the frozen one has it all", lambda: holds(queue, 20))
        assert await ended(valkey_url, database) == 0
        assert frozen.pid is not None
        os.kill(frozen.pid, signal.SIGCONT)
        await asyncio.to_thread(frozen.join)
        assert frozen.exitcode == 0

    stats = await queue.stats(LIVE_POINTS)
    assert (stats.expired_items, stats.acked_items, stats.held) == (20, 20, 0)
    assert_holds_exactly(database, flights)
    assert await Workers(client).alive() == []


async def test_an_item_that_kills_its_workers_goes_alone(
    queue: PriorityQueue, valkey_url: str, database: Path
) -> None:
    """Fault Q12: of 100 items one kills each worker that writes it: it dies after 5 leases, 99 are stored."""
    flights = make_flights(100, points=3)
    await fill(queue, flights)

    deaths = 0
    while await ended(valkey_url, database, Fate(poison=POISON)) == KILLED:
        deaths += 1

    (letter,) = await queue.dead_letters(LIVE_POINTS)
    assert (deaths, letter.member[16:], letter.attempts) == (5, POISON, 5)
    assert "lease expired 5 times" in letter.reason
    assert_holds_exactly(database, [fixes for fixes in flights if fixes.flight.flight_id != POISON])


async def holds(queue: PriorityQueue, leased: int) -> bool:
    return (await queue.stats(LIVE_POINTS)).leased == leased


async def is_empty(queue: PriorityQueue) -> bool:
    return (await queue.stats(LIVE_POINTS)).held == 0
