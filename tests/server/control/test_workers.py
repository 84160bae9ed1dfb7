"""Worker processes: kept running, ended with their parent, and told apart by their heartbeats."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from racecontrol.control.workers import WorkerPool, environment_of
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.settings import Settings
from racecontrol.state.workers import Workers
from tests.server.pipeline.tools import assert_holds_exactly, fill, make_flights, until


@pytest.fixture
def settings(tmp_path: Path, valkey_url: str) -> Settings:
    return Settings(data_dir=tmp_path / "site", redis_url=valkey_url, operator="MJ")


async def beating(client: ServerClient) -> set[int]:
    """The processes that tell they are workers."""
    return {worker.beat.pid for worker in await Workers(client).alive()}


async def wait_for_workers(
    client: ServerClient, count: int, without: frozenset[int] = frozenset()
) -> set[int]:
    """The process ids, once that many workers beat that are not of `without`."""

    async def are_there() -> bool:
        return len(await beating(client) - without) == count

    await until(f"{count} workers beat", are_there)
    return await beating(client) - without


async def test_a_pool_runs_workers_and_ends_them(client: ServerClient, settings: Settings) -> None:
    """As many processes as asked for, none of them after the block."""
    async with WorkerPool(settings, 2) as pool:
        pids = await wait_for_workers(client, 2)

        assert pool.alive == len(pids - {os.getpid()}) == 2

    assert (pool.alive, await beating(client)) == (0, set())


async def test_a_killed_worker_is_replaced_and_nothing_is_lost(
    client: ServerClient, queue: PriorityQueue, settings: Settings
) -> None:
    """Another process takes over where it was."""
    flights = make_flights(30)
    async with WorkerPool(settings, 1):
        (pid,) = await wait_for_workers(client, 1)
        os.kill(pid, signal.SIGKILL)
        await wait_for_workers(client, 1, frozenset({pid}))
        await fill(queue, flights)
        await until("all is stored", lambda: is_done(queue))

    assert_holds_exactly(settings.database_path, flights)


async def test_workers_that_end_with_the_queues_tell_what_they_did(
    queue: PriorityQueue, settings: Settings
) -> None:
    """The sum of all of them."""
    flights = make_flights(30)
    await fill(queue, flights)

    async with WorkerPool(settings, 2, until_empty=True) as pool:
        await pool.wait()

    assert (pool.tally.items, pool.tally.new) == (30, 600)
    assert_holds_exactly(settings.database_path, flights)


async def start_work(settings: Settings, *arguments: str) -> asyncio.subprocess.Process:
    """`racecontrol work`, in the background."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "racecontrol", "work", *arguments),
        env=environment_of(settings),
        stdout=subprocess.PIPE,
    )


async def test_workers_end_when_their_parent_is_killed(client: ServerClient, settings: Settings) -> None:
    """kill -9 of a desk leaves no worker behind."""
    parent = await start_work(settings, "-n", "2")
    await wait_for_workers(client, 2)

    parent.kill()

    await parent.wait()
    await wait_for_workers(client, 0)


@pytest.mark.parametrize(
    ("number", "exit_code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)], ids=["SIGTERM", "SIGINT"]
)
async def test_a_worker_told_to_end_says_what_it_stored(
    queue: PriorityQueue, settings: Settings, number: signal.Signals, exit_code: int
) -> None:
    """After the batch in hand, in words; Ctrl-C is told by the exit code."""
    await fill(queue, make_flights(3))
    worker = await start_work(settings)
    await until("all is stored", lambda: is_done(queue))

    worker.send_signal(number)
    told, _ = await worker.communicate()

    assert (worker.returncode, told) == (exit_code, b"stored 60 points of 3 items\n")


def test_a_child_is_set_as_its_parent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the parent's own flags overrode; variables that are no settings are handed on."""
    monkeypatch.setenv("RACECONTROL_RACES", "/elsewhere")
    monkeypatch.setenv("RACECONTROL_VALKEY_SERVER", "/opt/valkey-server")

    environment = environment_of(settings)

    assert environment["RACECONTROL_DATA_DIR"] == str(settings.data_dir)
    assert environment["RACECONTROL_REDIS_URL"] == settings.redis_url
    assert environment["RACECONTROL_VALKEY_SERVER"] == "/opt/valkey-server"
    assert "RACECONTROL_RACES" not in environment


async def is_done(queue: PriorityQueue) -> bool:
    stats = await queue.stats(LIVE_POINTS)
    return stats.enqueued_items > 0 and stats.held == 0
