"""What happens to a real desk in a real terminal when it, or its server, is hurt."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from racecontrol.domain.fixes import Flight
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.pipeline.start import start_items
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.server.keys import race as race_key
from racecontrol.synthetic.maker import initial_fixes
from tests.e2e.cli import Cli
from tests.e2e.terminal import DeskTerminal
from tests.server.proxy import Fault, Proxy
from tests.server.tools import ValkeyProcess

in_thread = asyncio.to_thread


@contextmanager
def desk_of(cli: Cli, race_id: str, url: str, *arguments: str) -> Iterator[DeskTerminal]:
    """A desk on a server of the test's own."""
    command = [*cli.command, "--race", race_id, "--redis-url", url, *arguments]
    desk = DeskTerminal(command, cli.environment)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
async def own_client(own_server: ValkeyProcess) -> AsyncIterator[ServerClient]:
    """A client of the test's own server."""
    async with open_client(own_server.url) as client:
        yield client


async def test_start_of_a_killed_desk_is_finished_by_the_next(
    cli: Cli, own_server: ValkeyProcess, own_client: ServerClient, tmp_path: Path
) -> None:
    """kill -9 between two enqueue calls: the same pass is finished, nothing is lost or stored twice."""
    sizes = ("--pilots", "130", "--points", "60", "--minutes", "0", "--clean")
    cli("fixture", "make", "BIG", "--out", str(tmp_path), *sizes)
    queue = PriorityQueue(own_client)
    async with Proxy(own_server.socket_path) as link:
        stuck = swallow_second_enqueue(link, "BIG")
        with desk_of(cli, "BIG", link.url, "--workers", "0", "--races", str(tmp_path)) as desk:
            await in_thread(desk.wait_for, "130 of 130 ready")
            desk.press("S")
            await in_thread(desk.wait_for, "Start BIG?")
            desk.press("\x1b[C\r")
            await stuck.wait()
            desk.process.kill(signal.SIGKILL)
    half = await queue.stats(LIVE_POINTS)
    # As if the 5 s were gone after which a silent start may be taken over.
    await own_client.commands.hset(race_key("BIG"), "beat_ms", "0")

    report = await in_thread(
        on_server, cli, own_server, "race", "start", "BIG", "--yes", "--races", str(tmp_path)
    )
    stored = await in_thread(on_server, cli, own_server, "work", "--until-empty")

    assert 0 < half.enqueued_items < report["items"] == 130
    assert (report["pass"], (await queue.stats(LIVE_POINTS)).enqueued_items) == (1, 130)
    assert stored["new"] == stored["rows"] == report["points"] == 130 * 60


def swallow_second_enqueue(link: Proxy, race_id: str) -> asyncio.Event:
    """Let no answer come to the start's second call; tells when it was made."""
    calls: list[int] = []
    stuck = asyncio.Event()

    def judge(command: bytes) -> Fault | None:
        if f"start:{race_id}:".encode() not in command:
            return None
        calls.append(len(command))
        if len(calls) < 2:
            return None
        stuck.set()
        return Fault.SWALLOW

    link.judge = judge
    return stuck


def on_server(cli: Cli, server: ValkeyProcess, *arguments: str) -> Any:
    """A command's JSON document, from the test's own server."""
    return cli.json(*arguments, "--redis-url", server.url)


def test_frozen_server_is_shown_and_clears(cli: Cli, own_server: ValkeyProcess) -> None:
    """SIGSTOP: the status line says LINK DOWN while the server stands, and no longer (Q5)."""
    with desk_of(cli, "R42", own_server.url) as desk:
        desk.wait_for("of 40 ready")
        with own_server.frozen():
            desk.wait_for("LINK DOWN")

        desk.wait_until(lambda screen: "LINK DOWN" not in screen, "the link is back")


def test_killed_server_is_shown_and_clears(cli: Cli, own_server: ValkeyProcess) -> None:
    """kill -9: LINK DOWN with the last known values; with the server back the race can be started."""
    with desk_of(cli, "R42", own_server.url) as desk:
        desk.wait_for("of 40 ready")
        own_server.kill()
        desk.wait_for("LINK DOWN")
        own_server.start()
        desk.wait_until(lambda screen: "LINK DOWN" not in screen, "the link is back")
        desk.press("S")
        desk.wait_for("Start R42?")
        desk.press("\x1b[C\r")

        desk.wait_for("R42 is started")


async def test_keys_are_answered_while_a_start_drains(
    cli: Cli, own_server: ValkeyProcess, own_client: ServerClient
) -> None:
    """127 pilots of 3,391 points each are being stored, and the help opens meanwhile."""
    queue = PriorityQueue(own_client)
    (track,) = initial_fixes(pilots=1, points=3391, seed=7)
    flights = [replace(track, flight=Flight(f"R42/{bib}", "R42", str(bib), "igc")) for bib in range(127)]
    items = list(start_items("R42", 1, flights))
    with desk_of(cli, "R42", own_server.url, "--workers", "1") as desk:
        await in_thread(desk.wait_for, "1 of 1 alive")
        await queue.enqueue(LIVE_POINTS, items)
        desk.press("?")
        await in_thread(desk.wait_for, "Acknowledge the open alerts")
        left = await queue.stats(LIVE_POINTS)

        assert left.points_pending > 0
