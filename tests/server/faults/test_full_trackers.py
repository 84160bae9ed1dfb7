"""Fault Q7, the trackers' part: memory is used up while points of unlisted trackers are stored."""

from __future__ import annotations

from pathlib import Path

from racecontrol.domain.fixes import Flight
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.roll import Owner, tracker_flight
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.state.sos import SosCalls
from racecontrol.state.trackers import Trackers
from racecontrol.state.workers import Workers
from tests.builders import make_fixes
from tests.server.faults.tools import assert_all_is_stored, working
from tests.server.pipeline.tools import items_of, make_flights, until
from tests.server.queue_tools import let_time_pass
from tests.server.tools import ValkeyProcess

HEARD = make_fixes(flight=tracker_flight("T9", "live"))


async def fill_memory(client: ServerClient) -> None:
    await client.commands.config_set("maxmemory", "1")


async def make_room(client: ServerClient) -> None:
    await client.commands.config_set("maxmemory", "0")


async def test_an_unknown_tracker_holds_up_nothing(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """It is counted, and what was stored beside it is taken out, which is what makes room."""
    async with open_client(own_server.url) as client:
        flights = [*make_flights(3), HEARD]
        await PriorityQueue(client).enqueue(LIVE_POINTS, items_of(flights))
        await fill_memory(client)

        async with working(client, tmp_path / "rc.db"):
            await assert_all_is_stored(client, tmp_path / "rc.db", flights)
            (seen,) = await Trackers(client).unknown()
            assert seen.points == len(HEARD)


async def test_points_that_cannot_move_yet_come_again(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """They alone keep their lease; once there is room and it is over, they are the pilot's."""
    async with open_client(own_server.url) as client:
        queue, others = PriorityQueue(client), make_flights(3)
        await Trackers(client).assign("T9", Owner("R42", "118"), "MJ")
        await queue.enqueue(LIVE_POINTS, items_of([HEARD, *others]))
        await fill_memory(client)

        async def is_one_left() -> bool:
            stats = await queue.stats(LIVE_POINTS)
            return (stats.acked_items, stats.leased) == (3, 1)

        async with working(client, tmp_path / "rc.db", lease_ms=60_000):
            await until("the others are acknowledged", is_one_left)
            await make_room(client)
            await let_time_pass(client, 60_000)
            moved = HEARD.of_flight(Flight("R42/118", "R42", "118", "live"))
            await assert_all_is_stored(client, tmp_path / "rc.db", [*others, HEARD, moved])


async def test_a_worker_and_a_call_for_help_are_seen(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Neither takes more than a line, and both are what an operator needs most then."""
    async with open_client(own_server.url) as client:
        await fill_memory(client)

        async def is_alive() -> bool:
            return bool(await Workers(client).alive())

        async with working(client, tmp_path / "rc.db"):
            await until("the worker is seen", is_alive)
        assert await SosCalls(client).call_for_help("R42", "118")
        assert await SosCalls(client).acknowledge("R42", "118", "MJ")
