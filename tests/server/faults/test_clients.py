"""Faults Q11 and Q13: clients of the HTTP service that leave, and that repeat themselves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from racecontrol.domain.priority import LIVE_POINTS, QUEUES
from racecontrol.domain.sender import SenderKind
from racecontrol.http.point_routes import POINT_ROUTES
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from tests.server.checker import check_queues
from tests.server.http.serving import LIVE, live_body, served
from tests.server.http.test_lost_replies import post, post_of
from tests.server.http.wire import head, link_to
from tests.server.pipeline.tools import until
from tests.server.tools import ValkeyProcess

LEAVERS = 500
AT_ONCE = 100
REPEATS = 50


async def test_clients_that_leave_in_mid_request_harm_nobody(
    client: ServerClient, valkey_url: str, tmp_path: Path
) -> None:
    """Fault Q11: of 500 half leave with half a body sent, half unanswered; all who stay are answered."""
    body = json.dumps(live_body(points=20)).encode()
    queue, turns = PriorityQueue(client), asyncio.Semaphore(AT_ONCE)
    async with served(valkey_url, tmp_path) as service:
        token = service.token(SenderKind.RACE, "R42")

        async def leave(number: int) -> None:
            sent = body if number % 2 else body[: len(body) // 2]
            about = (f"Idempotency-Key: {number}", f"Content-Length: {len(body)}")
            async with turns, link_to(service.port) as link:
                await link.send(head(LIVE, token, *about), sent)

        await asyncio.gather(*map(leave, range(LEAVERS)))
        stayed = await asyncio.gather(
            *(service.post(LIVE, body, token, Idempotency_Key=f"stays-{n}") for n in range(AT_ONCE))
        )

        async def is_quiet() -> bool:
            before = (await queue.stats(LIVE_POINTS)).enqueued_items
            await asyncio.sleep(0.1)
            return before == (await queue.stats(LIVE_POINTS)).enqueued_items

        await until("what was sent whole is worked off", is_quiet)

    assert {(reply.status, reply.document["points"]) for reply in stayed} == {(202, 20)}
    assert AT_ONCE <= (await queue.stats(LIVE_POINTS)).enqueued_items <= AT_ONCE + LEAVERS // 2
    await check_queues(client)


async def test_a_post_repeated_is_one_copy(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Fault Q13: fifty times at once, after its ack, and after a restart: the same answer, on every route."""
    async with served(own_server.url, tmp_path) as service:
        token, queue = service.token(SenderKind.RACE, "R42"), service.site.queue
        posts = {route.path: post_of(service, route.path, number=0) for route in POINT_ROUTES}
        answers: dict[str, set[tuple[int, str]]] = {path: set() for path in posts}

        async def post_each(times: int) -> None:
            for path, sent in posts.items():
                replies = await asyncio.gather(*(post(service, path, sent, token) for _ in range(times)))
                answers[path] |= {(reply.status, reply.text) for reply in replies}

        await post_each(REPEATS)
        for name in QUEUES:
            await queue.ack(name, (await queue.lease_batch(name, 100)).items)
        await post_each(1)
        own_server.restart()
        await post_each(1)

        stats = await queue.all_stats()
        assert {path: [status for status, _ in told] for path, told in answers.items()} == {
            path: [202] for path in posts
        }
        assert sum(one.points_in for one in stats) == sum(len(sent.fixes) for sent in posts.values())
        assert [one.held for one in stats] == [0] * len(QUEUES)
        await check_queues(service.site.client)
