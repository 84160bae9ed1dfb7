"""Replies lost between service and server after they were applied: nothing twice, nothing missing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from racecontrol.control.devices import device_secrets
from racecontrol.domain.priority import QUEUES
from racecontrol.domain.sender import SenderKind
from racecontrol.http.point_routes import POINT_ROUTES
from racecontrol.queues.codec import decode
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from tests.fixture_races import fixture_race
from tests.server.checker import check_queues
from tests.server.http.serving import Reply, Served, served
from tests.server.proxy import Fault, Proxy

LINE = "1779795600,{unix_s},45.1,6.2,1500,36.5,270\n"
FIRST_S = 1_779_793_200
"""2026-05-26T11:00:00Z"""

BIBS = tuple(pilot.bib for pilot in fixture_race().pilots if pilot.trackers)[:3]
POSTS = 10

Fix: TypeAlias = tuple[str, int]
"""Whose, and when (UTC, ms)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A post that no other is like. fixes: what must be in the queue once it is accepted."""

    body: bytes | object
    content_type: str
    fixes: list[Fix]


def flymaster_post(service: Served, number: int) -> Sent:
    race = service.site.race("R42")
    bib, serial = next((pilot.bib, pilot.trackers[0]) for pilot in race.pilots if pilot.trackers)
    secret = device_secrets(service.site.settings).secret_of(serial)
    digest = hashlib.sha256((serial + secret).encode()).hexdigest()
    unix_s = FIRST_S + number
    text = f"{serial},{digest}\n{LINE.format(unix_s=unix_s)}EOF\n"
    return Sent(text.encode(), "text/plain", [(f"R42/{bib}", unix_s * 1000)])


def post_of(service: Served, path: str, number: int) -> Sent:
    """The post of this number to a route; a batch has several flights."""
    if "flymaster" in path:
        return flymaster_post(service, number)
    point = {"lat": 45.9, "lon": 6.2, "datetime": f"2026-05-26T11:00:{number:02}Z"}
    flights = [{"flight_id": f"R42/{bib}", "track_points": [point]} for bib in BIBS]
    fixes = [(f"R42/{bib}", (FIRST_S + number) * 1000) for bib in BIBS]
    if "batch_process" in path:
        return Sent({"flights": flights}, "application/json", fixes)
    if "scoring" in path:
        row = {"lat": 45.9, "lon": 6.2, "date_time": point["datetime"]}
        return Sent({"tracks": [row], "flight_uuid": f"R42/{BIBS[0]}"}, "application/json", fixes[:1])
    return Sent(flights[0], "application/json", fixes[:1])


async def post(service: Served, path: str, sent: Sent, token: str) -> Reply:
    """With the token, save for a device's text, which has a secret of its own."""
    shown = None if sent.content_type == "text/plain" else token
    return await service.post(path, sent.body, shown, Content_Type=sent.content_type)


async def queued(client: ServerClient) -> list[Fix]:
    """Every fix in any queue."""
    queue, found = PriorityQueue(client), []
    for name in QUEUES:
        for item in (await queue.lease_batch(name, 1000)).items:
            fixes = decode(item.payload)
            found += [(fixes.flight.flight_id, time_ms) for time_ms in fixes.time_ms.tolist()]
    return sorted(found)


@pytest.mark.parametrize("path", [route.path for route in POINT_ROUTES])
async def test_a_lost_reply_doubles_nothing_and_loses_nothing(
    client: ServerClient, proxy: Proxy, tmp_path: Path, path: str
) -> None:
    """Every third command is applied and its answer dropped; what got a 202 is in the queue once."""
    async with served(proxy.url, tmp_path, batch_wait_ms=5) as service:
        token = service.token(SenderKind.RACE, "R42")
        sent = [post_of(service, path, number) for number in range(POSTS)]
        proxy.choose = lambda number: Fault.DROP_REPLY if number % 3 == 0 else None
        statuses = [(await post(service, path, one, token)).status for one in sent]
        proxy.choose = lambda _: None

    assert statuses == [202] * POSTS
    assert await queued(client) == sorted(fix for one in sent for fix in one.fixes)
    await check_queues(client)
