"""An SOS over HTTP: who may, what it does, and that nobody can push a start aside with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.priority import LIVE as LIVE_PRIORITY
from racecontrol.domain.priority import LIVE_POINTS, SOS
from racecontrol.domain.sender import SenderKind
from racecontrol.pipeline.spool_drain import drain, drain_abandoned
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.queues.spool.spool import Spool
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, open_client
from racecontrol.state.sos import SosCalls
from tests.builders import make_fixes
from tests.server.http.serving import LIVE, Served, served
from tests.server.pipeline.tools import until
from tests.server.tools import ValkeyProcess


def sos_body(flight_id: str, points: int = 3) -> bytes:
    """Its last fix is the further north the more points there are; of one point: 45.9."""
    fixes: list[dict[str, Any]] = [
        {"lat": 45.9 + second / 10, "lon": 6.2, "datetime": f"2026-05-26T11:44:{second:02d}Z"}
        for second in range(points)
    ]
    return json.dumps({"flight_id": flight_id, "sos": True, "track_points": fixes}).encode()


async def priorities(service: Served) -> list[tuple[float, int]]:
    batch = await service.site.queue.lease_batch("live_points", 100)
    return [(item.priority, item.points) for item in batch.items]


async def test_a_pilots_sos_is_raised_beside_the_queue(service: Served) -> None:
    """Its alert stands in the server when the answer comes; its last fix travels first."""
    bib = service.site.race("R42").pilots[0].bib
    reply = await service.post(LIVE, sos_body(f"R42/{bib}"), service.pilot_token(bib))
    again = await service.post(LIVE, sos_body(f"R42/{bib}", 5), service.pilot_token(bib))

    (call,) = await SosCalls(service.site.client).calls()

    assert (reply.status, again.status) == (202, 202)
    assert (call.race_id, call.bib, call.where) == ("R42", bib, "46.10000, 6.20000")
    assert iso_utc(call.fix_ms) == "2026-05-26T11:44:02Z"
    assert (await priorities(service))[:2] == [(SOS, 1), (SOS, 1)]
    assert [entry.what for entry in await service.site.log.tail(9)].count("SOS") == 1


@pytest.mark.parametrize("kind", [SenderKind.RACE, SenderKind.PILOT])
async def test_nobody_else_raises_one(service: Served, kind: SenderKind) -> None:
    """A gateway's token, or one of a bib that is not in the race: its points are points like all."""
    bib = "999" if kind is SenderKind.PILOT else service.site.race("R42").pilots[0].bib
    token = service.token(kind, "R42", bib if kind is SenderKind.PILOT else "")
    reply = await service.post(LIVE, sos_body(f"R42/{bib}"), token)

    assert reply.status == 202
    assert await SosCalls(service.site.client).calls() == ()
    assert await priorities(service) == [(LIVE_PRIORITY, 3)]


async def test_an_sos_is_raised_when_the_server_is_back(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Once, though the pilot called three times meanwhile, and at the newest position."""
    async with served(own_server.url, tmp_path) as service:
        bib = service.site.race("R42").pilots[0].bib
        own_server.kill()
        for points in (1, 2, 3):
            reply = await service.post(LIVE, sos_body(f"R42/{bib}", points), service.pilot_token(bib))
            assert reply.status == 202
        own_server.start()

        async def is_drained() -> bool:
            return service.service.intake.status().spool_items == 0 and bool(
                await SosCalls(service.site.client).calls()
            )

        await until("the SOS is raised and the spool empty", is_drained)
        (call,) = await SosCalls(service.site.client).calls()
        assert call.where == "46.10000, 6.20000"
        assert [entry.what for entry in await service.site.log.tail(50)].count("SOS") == 1


async def test_an_sos_outlives_the_service(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """The server and the service both went; whoever drains what the service left raises it."""
    async with served(own_server.url, tmp_path) as service:
        bib = service.site.race("R42").pilots[0].bib
        own_server.kill()
        await service.post(LIVE, sos_body(f"R42/{bib}"), service.pilot_token(bib))
    own_server.start()

    async with open_client(own_server.url) as client:
        await drain_abandoned(PriorityQueue(client), tmp_path / "spool")

        (call,) = await SosCalls(client).calls()
        assert (call.race_id, call.bib, call.where) == ("R42", bib, "46.10000, 6.20000")


async def test_an_sos_that_no_spool_has_is_tried_again(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """A call without a position is in no queue: its sender is told to repeat it, and so are we."""
    async with served(own_server.url, tmp_path) as service:
        bib = service.site.race("R42").pilots[0].bib
        own_server.kill()
        reply = await service.post(LIVE, sos_body(f"R42/{bib}", 0), service.pilot_token(bib))
        assert (reply.status, reply.headers["retry-after"]) == (503, "2")
        own_server.start()

        async def is_raised() -> bool:
            return bool(await SosCalls(service.site.client).calls())

        await until("the SOS is raised", is_raised)


async def test_an_sos_that_was_never_raised_is_told_at_the_end(
    own_server: ValkeyProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log is the last place where anybody can find it."""
    async with served(own_server.url, tmp_path) as service:
        bib = service.site.race("R42").pilots[0].bib
        own_server.kill()
        await service.post(LIVE, sos_body(f"R42/{bib}", 0), service.pilot_token(bib))

    assert f"sos: not shown to the end race=R42 bib={bib}" in caplog.text


async def test_a_drained_sos_that_was_seen_to_stays_down(client: ServerClient, tmp_path: Path) -> None:
    """It was raised by memory and acknowledged before its spool was drained."""
    sos, fixes = SosCalls(client), make_fixes()
    spool = Spool(tmp_path, None)
    await spool.add(LIVE_POINTS, [NewItem("x", SOS, len(fixes), encode(fixes))])
    await sos.call_for_help("R42", "118", fix_ms=int(fixes.time_ms[-1]))
    await sos.acknowledge("R42", "118", "MJ")
    (call,) = await sos.calls()
    told = f"{call.raised_ms - 60_000}@{call.fix_ms}|MJ|"
    await client.commands.hset(keys.SOS, "R42/118", told)

    await drain(PriorityQueue(client), spool)
    await spool.close()

    assert [call.acknowledged_by for call in await sos.calls()] == ["MJ"]


async def test_a_spooled_sos_that_the_queue_refuses_is_raised(client: ServerClient, tmp_path: Path) -> None:
    """Its item goes nowhere; the pilot is heard all the same."""
    fixes = make_fixes()
    spool = Spool(tmp_path, None)
    await spool.add(LIVE_POINTS, [NewItem("x" * 300, SOS, len(fixes), encode(fixes))])
    await drain(PriorityQueue(client), spool)
    await spool.close()

    assert [call.bib for call in await SosCalls(client).calls()] == ["118"]
