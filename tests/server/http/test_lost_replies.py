"""Replies lost between service and server after they were applied: nothing twice, nothing missing."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path

import pytest

from racecontrol.control.devices import device_secrets
from racecontrol.domain.priority import QUEUES
from racecontrol.domain.sender import SenderKind
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from tests.server.http.serving import LIVE, Served, live_body, served
from tests.server.proxy import Fault, Proxy

LINE = "1779795600,1779795{second},45.1,6.2,1500,36.5,270\n"


def flymaster_body(service: Served, second: int) -> bytes:
    race = service.site.race("R42")
    serial = next(pilot.trackers[0] for pilot in race.pilots if pilot.trackers)
    secret = device_secrets(service.site.settings).secret_of(serial)
    digest = hashlib.sha256((serial + secret).encode()).hexdigest()
    return f"{serial},{digest}\n{LINE.format(second=second)}EOF\n".encode()


def body_of(service: Served, path: str, number: int) -> tuple[bytes | object, str]:
    """The body of a post that no other is like, and its content type."""
    if "flymaster" in path:
        return flymaster_body(service, 100 + number), "text/plain"
    point = {"lat": 45.9, "lon": 6.2, "datetime": f"2026-05-26T11:00:{number:02}Z"}
    if "scoring" in path:
        row = {"lat": 45.9, "lon": 6.2, "date_time": point["datetime"]}
        return {"tracks": [row], "flight_uuid": "R42/118"}, "application/json"
    flight = live_body() | {"track_points": [point]}
    return ({"flights": [flight]} if "batch" in path else flight), "application/json"


@pytest.mark.parametrize(
    "path",
    [
        LIVE,
        f"{LIVE}_optimized",
        "/api/v2/flymaster/add_live_track_points",
        "/api/v2/uploads/process",
        "/api/v2/uploads/batch_process",
        "/api/v2/scoring/batch",
    ],
)
async def test_a_lost_reply_doubles_nothing_and_loses_nothing(
    client: ServerClient, proxy: Proxy, tmp_path: Path, path: str
) -> None:
    """Every third command is applied and its answer dropped; every 202 is one item in the end."""
    async with served(proxy.url, tmp_path, batch_wait_ms=5) as service:
        token = service.token(SenderKind.RACE, "R42")
        proxy.choose = lambda number: Fault.DROP_REPLY if number % 3 == 0 else None
        accepted: Counter[int] = Counter()
        for number in range(10):
            body, kind = body_of(service, path, number)
            reply = await service.post(path, body, None if kind == "text/plain" else token, Content_Type=kind)
            accepted[reply.status] += 1
        proxy.choose = lambda _: None

    stats = [await PriorityQueue(client).stats(name) for name in QUEUES]
    assert accepted == {202: 10}
    assert (sum(one.enqueued_items for one in stats), sum(one.points_in for one in stats)) == (10, 10)
