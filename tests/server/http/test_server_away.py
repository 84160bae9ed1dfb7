"""The queue server gone: points go on being taken, tokens are still judged, verbs say to come again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.sender import SenderKind
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from racecontrol.state.tokens import IssuedTokens
from tests.server.http.serving import LIVE, live_body, served
from tests.server.tools import ValkeyProcess


async def test_what_is_known_still_stands(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Signature, expiry and scope are judged here; revocations by the last copy; a verb answers 503."""
    async with served(own_server.url, tmp_path) as service:
        good, revoked = service.pilot_token(), service.signer.issue(SenderKind.OPERATOR, 60_000)
        await IssuedTokens(service.site.client).revoke(revoked[1], "MJ")
        while (await service.ask("GET", "/docs", revoked[0])).status != 401:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        own_server.kill()

        points = await service.post(LIVE, live_body(), good)
        expired = await service.post(LIVE, live_body(), service.token(SenderKind.RACE, "R42", valid_ms=-1))
        others = await service.post(LIVE, live_body("R42/119"), good)
        taken_back = await service.ask("GET", "/docs", revoked[0])
        verb = await service.ask("POST", "/api/v2/races/R42/start", service.token(SenderKind.OPERATOR))

    assert [points.status, expired.status, others.status, taken_back.status] == [202, 401, 403, 401]
    assert (verb.status, "Retry-After" in verb.headers) == (503, True)


async def test_a_service_begins_without_its_server(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """What it accepts meanwhile is in the queue once the server is there, and once only."""
    own_server.kill()
    async with served(own_server.url, tmp_path) as service:
        ready = await service.ask("GET", "/readyz", None)
        replies = [await service.post(LIVE, live_body(points=n), service.pilot_token()) for n in (1, 2, 2)]
        own_server.start()
        async with open_client(own_server.url) as client:
            while (stats := await PriorityQueue(client).stats(LIVE_POINTS)).enqueued_items < 2:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    assert (ready.status, ready.document["server"]) == (200, "away")
    assert [reply.status for reply in replies] == [202] * 3
    assert (stats.enqueued_items, stats.points_in) == (2, 3)
