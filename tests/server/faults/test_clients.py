"""Faults Q11 and Q13: clients of the HTTP service that leave, and that repeat themselves."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.sender import SenderKind
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from tests.server.checker import check_queues
from tests.server.http.serving import LIVE, live_body, served
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
    """Fault Q13: fifty times at once, after its ack, and after a restart: the same answer each time."""
    async with served(own_server.url, tmp_path) as service:
        token, queue = service.pilot_token(), service.site.queue

        async def posted(times: int) -> list[tuple[int, str]]:
            replies = await asyncio.gather(*(service.post(LIVE, live_body(), token) for _ in range(times)))
            return [(reply.status, reply.text) for reply in replies]

        answers = await posted(REPEATS)
        await queue.ack(LIVE_POINTS, (await queue.lease_batch(LIVE_POINTS, 10)).items)
        answers += await posted(1)
        own_server.restart()
        answers += await posted(1)

        stats = await queue.stats(LIVE_POINTS)
        assert {status for status, _ in answers} == {202}
        assert len(set(answers)) == 1
        assert (stats.enqueued_items, stats.held) == (1, 0)
        await check_queues(service.site.client)
