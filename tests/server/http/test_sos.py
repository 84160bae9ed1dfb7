"""An SOS over HTTP: who may, what it does, and that nobody can push a start aside with one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from racecontrol.domain.priority import LIVE as LIVE_PRIORITY
from racecontrol.domain.priority import SOS
from racecontrol.domain.sender import SenderKind
from tests.server.http.serving import LIVE, Served


def sos_body(flight_id: str, points: int = 3) -> bytes:
    fixes: list[dict[str, Any]] = [
        {"lat": 45.9, "lon": 6.2, "datetime": f"2026-05-26T11:44:{second:02d}Z"} for second in range(points)
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

    (call,) = await service.service.sos.calls()

    assert (reply.status, again.status) == (202, 202)
    assert (call.race_id, call.bib, call.where) == ("R42", bib, "45.90000, 6.20000")
    assert (await priorities(service))[:2] == [(SOS, 1), (SOS, 1)]
    assert [entry.what for entry in await service.site.log.tail(9)].count("SOS") == 1


@pytest.mark.parametrize("kind", [SenderKind.RACE, SenderKind.PILOT])
async def test_nobody_else_raises_one(service: Served, kind: SenderKind) -> None:
    """A gateway's token, or one of a bib that is not in the race: its points are points like all."""
    bib = "999" if kind is SenderKind.PILOT else service.site.race("R42").pilots[0].bib
    token = service.token(kind, "R42", bib if kind is SenderKind.PILOT else "")
    reply = await service.post(LIVE, sos_body(f"R42/{bib}"), token)

    assert reply.status == 202
    assert await service.service.sos.calls() == ()
    assert await priorities(service) == [(LIVE_PRIORITY, 3)]
