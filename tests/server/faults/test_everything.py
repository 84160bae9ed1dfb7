"""Fault Q18: for a minute everything goes wrong at random, and the checker holds at the end."""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path

import pytest

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from tests.server.faults.tools import assert_all_is_stored, send_each, working
from tests.server.pipeline.mortal import Fate, worker_process
from tests.server.pipeline.tools import make_flights, until
from tests.server.proxy import Fault, Proxy
from tests.server.tools import ValkeyProcess

LASTS_S = 60.0
FATES = (
    Fate(),
    Fate(at="after lease"),
    Fate(at="before commit"),
    Fate(at="after commit"),
    Fate(at="after lease", by=signal.SIGSTOP),
)


@pytest.mark.long
@pytest.mark.timeout(180)
async def test_a_minute_of_everything_loses_and_doubles_nothing(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """Servers and workers killed and frozen, links broken, scripts flushed; the seed is printed."""
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # noqa: T201
    dice = random.Random(seed)
    database = tmp_path / "rc.db"
    flights = make_flights(6_000, points=10)
    ends_s = asyncio.get_running_loop().time() + LASTS_S
    sent = 0

    def is_on() -> bool:
        return asyncio.get_running_loop().time() < ends_s

    async def hurt_server() -> None:
        while is_on():
            await asyncio.sleep(dice.uniform(0.5, 3))
            if dice.random() < 0.5:
                await asyncio.to_thread(own_server.restart)
            else:
                with own_server.frozen():
                    await asyncio.sleep(dice.uniform(0.1, 1))
                async with open_client(own_server.url) as client:
                    await client.commands.script_flush()

    async def hurt_workers() -> None:
        while is_on():
            with worker_process(own_server.url, database, dice.choice(FATES)) as process:
                await asyncio.to_thread(process.join, dice.uniform(0.05, 2))

    async def send() -> None:
        nonlocal sent
        async with open_client(proxy.url_with(0.5)) as broken:
            while is_on() and sent < len(flights):
                part = flights[sent : sent + 10]
                sent += len(part)
                await send_each(PriorityQueue(broken), part)

    async with Proxy(own_server.socket_path) as proxy:
        proxy.choose = lambda _: dice.choice(list(Fault)) if dice.random() < 0.1 else None
        await asyncio.gather(hurt_server(), hurt_workers(), hurt_workers(), send(), send())
    async with open_client(own_server.url) as client, working(client, database):
        await revive_all(PriorityQueue(client))
        await assert_all_is_stored(client, database, flights[:sent])


async def revive_all(queue: PriorityQueue) -> None:
    """Bring back what lost its five leases to workers that died: none of it is poison."""

    async def is_alive() -> bool:
        letters = await queue.dead_letters(LIVE_POINTS, 1000)
        await queue.revive(LIVE_POINTS, [letter.member for letter in letters])
        stats = await queue.stats(LIVE_POINTS)
        return stats.held == 0

    await until("everything was revived and stored", is_alive)
