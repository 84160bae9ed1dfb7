"""Fault Q4, the payload's part: the server loads a flipped bit without a word; the codec finds it."""

from __future__ import annotations

from pathlib import Path

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.codec import encode
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.launcher import embedded_client
from tests.server.checker import check_queues
from tests.server.faults.tools import working
from tests.server.pipeline.tools import assert_holds_exactly, fill, make_flights, until


async def test_a_flipped_payload_is_a_dead_letter(tmp_path: Path) -> None:
    """Of 20 items one is damaged on the disk: it is put aside with its reason, 19 are stored."""
    flights = make_flights(20)
    server_dir, database = tmp_path / "server", tmp_path / "rc.db"
    async with embedded_client(server_dir) as client:
        await fill(PriorityQueue(client), flights)
    points_file = server_dir / "appendonlydir" / "appendonly.aof.1.incr.aof"
    raw, payload = bytearray(points_file.read_bytes()), encode(flights[7])
    raw[raw.index(payload) + len(payload) // 2] ^= 0x10
    points_file.write_bytes(raw)

    async with embedded_client(server_dir) as client:
        queue = PriorityQueue(client)

        async def is_done() -> bool:
            return (await queue.stats(LIVE_POINTS)).total_pending == 0

        async with working(client, database):
            await until("all but one are stored", is_done)
        (letter,) = await queue.dead_letters(LIVE_POINTS)
        await check_queues(client)

    assert (letter.member[16:], "CRC" in letter.reason) == (flights[7].flight.flight_id, True)
    assert_holds_exactly(database, [fixes for fixes in flights if fixes is not flights[7]])
