"""Fault T4: a desk of 200 pilots for a minute, with 10,000 points and 100 log lines a second."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.formats.racefolder import open_race
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.state.log import RaceLog
from tests.builders import GUN_MS, make_fixes, make_flight
from tests.e2e.cli import Cli
from tests.e2e.terminal import DeskTerminal
from tests.e2e.test_desk_faults import desk_of
from tests.server.tools import ValkeyProcess

LASTS_S = 60.0
WARM_S = 10.0
POINTS, LINES = 100, 100
"""An item, and of the log a second; a hundred items a second."""

MOST_P95_S = 0.1
MOST_GROWTH_KB = 20 * 1024
FROZEN = b"FROZEN"


class Load:
    """Sends what trackers would, and fills the log. sent: seconds of it."""

    def __init__(self, client: ServerClient, bibs: list[str]) -> None:
        self._queue = PriorityQueue(client)
        self._log = RaceLog(client)
        self._bibs = bibs
        self.sent = 0

    def _items(self) -> list[NewItem]:
        """A hundred pilots' points of this second, none of which was sent before."""
        first_ms = GUN_MS + self.sent * POINTS * 1000
        times_ms = range(first_ms, first_ms + POINTS * 1000, 1000)
        flights = [make_flight(bib, "BIG", "live") for bib in self._bibs[self.sent % 2 :: 2]]
        return [
            NewItem(f"{flight.bib}-{self.sent}", 100, POINTS, encode(make_fixes(times_ms, flight=flight)))
            for flight in flights
        ]

    async def run(self) -> None:
        """Until cancelled, a second's load each second."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        while True:
            await self._queue.enqueue(LIVE_POINTS, self._items())
            lines = (self._log.append("BIG", "MJ", "noted", f"line {n}") for n in range(LINES))
            await asyncio.gather(*lines)
            self.sent += 1
            await asyncio.sleep(max(0.0, began_s + self.sent - loop.time()))


def key_to_screen_s(desk: DeskTerminal) -> float:
    """How long the screen takes to say that it is frozen, after its key; it goes on for a while then."""
    began_s = time.monotonic()
    desk.press(" ")
    desk.raw_until(FROZEN)
    took_s = time.monotonic() - began_s
    desk.press(" ")
    # Until a whole tick is drawn, so that the next key comes at any moment of one.
    desk.raw_until_quiet(0.25)
    return took_s


def memory_kb(desk: DeskTerminal) -> int:
    lines = Path(f"/proc/{desk.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def keys_for(desk: DeskTerminal, lasts_s: float) -> list[float]:
    """Press keys for so long; what each took."""
    ends_s = time.monotonic() + lasts_s
    took_s = []
    while time.monotonic() < ends_s:
        took_s.append(key_to_screen_s(desk))
    return took_s


@pytest.mark.long
@pytest.mark.timeout(180)
async def test_keys_reach_the_screen_under_load(cli: Cli, own_server: ValkeyProcess, tmp_path: Path) -> None:
    """95 of 100 within 100 ms, and the desk's memory stays flat."""
    sizes = ("--pilots", "200", "--points", "60", "--minutes", "0", "--clean")
    cli("fixture", "make", "BIG", "--out", str(tmp_path), *sizes)
    bibs = [pilot.bib for pilot in open_race(tmp_path / "BIG").pilots]
    async with open_client(own_server.url) as client:
        load = Load(client, bibs)
        with desk_of(cli, "BIG", own_server.url, "--races", str(tmp_path), "--workers", "1") as desk:
            await asyncio.to_thread(desk.wait_for, "200 of 200 ready")
            loading = asyncio.create_task(load.run())
            await asyncio.to_thread(keys_for, desk, WARM_S)
            before_kb = memory_kb(desk)
            took_s = sorted(await asyncio.to_thread(keys_for, desk, LASTS_S))
            grown_kb = memory_kb(desk) - before_kb
            loading.cancel()
            await asyncio.wait((loading,))
        stored = (await PriorityQueue(client).stats(LIVE_POINTS)).points_out

    p95_s = took_s[len(took_s) * 95 // 100]
    print(f"{len(took_s)} keys, p95 {p95_s * 1000:.0f} ms, {grown_kb} kB, {stored} points")  # noqa: T201
    assert load.sent >= LASTS_S
    assert p95_s < MOST_P95_S
    assert grown_kb < MOST_GROWTH_KB
