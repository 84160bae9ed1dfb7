"""The short way and the long one: the same answers, the same items, the same lines in the log.

The first request of a connection goes the long way, the next with its head the short one.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from racecontrol.domain.sender import SenderKind
from racecontrol.http.short_protocol import IntakeProtocol
from racecontrol.http.short_way import Answered, ShortWay, Standing
from racecontrol.pipeline.intake import Intake
from racecontrol.state.tokens import IssuedTokens
from tests.server.http.serving import LIVE, Served, live_body
from tests.server.http.wire import Link, head, link_to

FLYMASTER = "/api/v2/flymaster/add_live_track_points"
POINT = {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:00:00Z"}


@dataclass
class Taken:
    """How many requests the short way took, and how many it left to the long one."""

    taken: int = 0
    left: int = 0


@pytest.fixture
def short_way(monkeypatch: pytest.MonkeyPatch) -> Taken:
    seen, take = Taken(), ShortWay.take

    def counted(self: ShortWay, standing: Standing, body: bytes, answered: Answered) -> bool:
        is_taken = take(self, standing, body, answered)
        seen.taken += is_taken
        seen.left += not is_taken
        return is_taken

    monkeypatch.setattr(ShortWay, "take", counted)
    return seen


@dataclass
class Held:
    """Keeps the intake from telling what became of items, until it is let go."""

    is_reached: asyncio.Event = field(default_factory=asyncio.Event)
    is_free: asyncio.Event = field(default_factory=asyncio.Event)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    hold, accept_soon = Held(), Intake.accept_soon

    def late(self: Intake, queue, items, way, told):  # type: ignore[no-untyped-def]
        async def tell_later(verdicts) -> None:  # type: ignore[no-untyped-def]
            hold.is_reached.set()
            await hold.is_free.wait()
            told(verdicts)

        tasks = []
        return accept_soon(
            self, queue, items, way, lambda verdicts: tasks.append(asyncio.create_task(tell_later(verdicts)))
        )

    monkeypatch.setattr(Intake, "accept_soon", late)
    yield hold
    hold.is_free.set()


def post(body: object, token: str, path: str = LIVE) -> bytes:
    """A whole request; the same head for every body."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(path, token, "Content-Type: application/json", f"Content-Length: {len(sent)}") + sent


async def answer(link: Link) -> tuple[str, bytes]:
    """The next answer, without its date."""
    told = (await link.reader.readuntil(b"\r\n\r\n")).decode()
    if told.startswith("HTTP/1.1 100"):
        return await answer(link)
    length = re.search(r"content-length: (\d+)", told)
    assert length is not None
    body = await link.reader.readexactly(int(length[1]))
    return re.sub(r"date: .*\r\n", "", told), body


async def ask(link: Link, request: bytes) -> tuple[str, bytes]:
    await link.send(request)
    return await answer(link)


async def is_known(link: Link, token: str, path: str = LIVE) -> None:
    """Send the first request of a connection, so that the next may take the short way."""
    told, _ = await ask(link, post(live_body("R42/118", note="first"), token, path))
    assert told.startswith("HTTP/1.1 202")


GOOD = {
    "one point": live_body("R42/118"),
    "many points": live_body("R42/118", points=100),
    "out of order": {"flight_id": "R42/118", "track_points": [POINT, POINT]},
    "a bare bib": live_body("118"),
    "other keys": live_body("R42/118", battery=7, more={"lat": [1]}),
}
OTHERS = {
    "an SOS": live_body("R42/118", sos=True),
    "an SOS without points": {"flight_id": "R42/118", "track_points": [], "sos": True},
    "another pilot's": live_body("R42/119"),
    "no point": {"flight_id": "R42/118", "track_points": []},
    "no JSON": b"{",
    "nothing": b"",
    "a doubled key": b'{"flight_id": "R42/118", "flight_id": "R42/118", "track_points": []}',
    "an impossible time": {"flight_id": "118", "track_points": [POINT | {"datetime": "1970-01-01T00:00Z"}]},
    "an impossible place": {"flight_id": "118", "track_points": [POINT | {"lat": 91}]},
}


@pytest.mark.parametrize("path", [LIVE, f"{LIVE}_optimized", FLYMASTER])
@pytest.mark.parametrize("name", [*GOOD, *OTHERS])
async def test_both_ways_answer_alike(service: Served, short_way: Taken, path: str, name: str) -> None:
    """Head and body, byte for byte; what is sent the second way is the first one's item again."""
    token, body = service.pilot_token(), (GOOD | OTHERS)[name]
    async with link_to(service.port) as link:
        long = await ask(link, post(body, token, path))
    async with link_to(service.port) as link:
        await is_known(link, token, path)
        short = await ask(link, post(body, token, path))

    assert short == long
    assert (short_way.taken, short_way.left) == ((1, 0) if name in GOOD else (0, 1))
    queue = "flymaster_points" if path == FLYMASTER else "live_points"
    stats = await service.site.queue.stats(queue)
    assert (stats.enqueued_items > 1) == (stats.duplicate_items > 0)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("Connection: keep-alive", 1),
        ("Content-Encoding: identity", 1),
        ("Expect: 100-continue", 0),
        ("Upgrade: h2c", 0),
        ("Idempotency-Key: k1", 1),
    ],
)
async def test_headers_with_a_meaning_go_the_long_way(
    service: Served, short_way: Taken, header: str, taken: int
) -> None:
    """Each of two requests is answered alike."""
    sent = json.dumps(live_body("R42/118")).encode()
    request = head(LIVE, service.pilot_token(), header, f"Content-Length: {len(sent)}") + sent
    async with link_to(service.port) as link:
        answers = [await ask(link, request) for _ in range(2)]

    assert answers[0] == answers[1]
    assert short_way.taken == taken


async def test_both_ways_write_the_same_line(service: Served, short_way: Taken) -> None:
    """But for the time, and how long it took."""
    token = service.pilot_token()
    async with link_to(service.port) as link:
        for _ in range(2):
            await ask(link, post(live_body("R42/118"), token))

    long, short = (re.sub(r"(time|ms)=\S+", "", line) for line in service.logged())
    assert short_way.taken == 1
    assert long == short
    assert "status=202" in short


async def test_a_gateways_unknown_tracker_goes_the_long_way(service: Served, short_way: Taken) -> None:
    """It is shown to operators, which waits for the server."""
    token = service.token(SenderKind.RACE, "R42")
    async with link_to(service.port) as link:
        await is_known(link, token)
        told, body = await ask(link, post(live_body("T-1"), token))

    assert told.startswith("HTTP/1.1 202")
    assert json.loads(body)["flight_id"] == "tracker@R42/T-1"
    assert (short_way.taken, short_way.left) == (0, 1)


async def test_a_token_that_was_revoked_is_refused(service: Served, short_way: Taken) -> None:
    """On a connection that was here all along."""
    token, issued = service.signer.issue(SenderKind.RACE, 60_000, race_id="R42")
    async with link_to(service.port) as link:
        await is_known(link, token)
        await IssuedTokens(service.site.client).revoke(issued, "MJ")
        told = "HTTP/1.1 202"
        while told.startswith("HTTP/1.1 202"):
            told, _ = await ask(link, post(live_body("R42/118"), token))

    assert told.startswith("HTTP/1.1 401")


async def test_permits_are_spent_on_the_short_way_too(service: Served, short_way: Taken) -> None:
    """A pilot's 200 at once, then 429."""
    token = service.pilot_token()
    statuses = []
    async with link_to(service.port) as link:
        for _ in range(260):
            told, _ = await ask(link, post(live_body("R42/118"), token))
            statuses.append(told.split()[1])

    assert set(statuses) == {"202", "429"}
    assert short_way.taken > 100


async def test_requests_sent_at_once_are_answered_in_order(service: Served) -> None:
    """Without waiting for the answer before."""
    token = service.pilot_token()
    async with link_to(service.port) as link:
        await is_known(link, token)
        await link.send(b"".join(post(live_body("R42/118", points=n), token) for n in (1, 2, 3)))
        points = [json.loads((await answer(link))[1])["points"] for _ in range(3)]

    assert points == [1, 2, 3]


async def test_what_comes_meanwhile_waits_for_the_answer(
    service: Served, short_way: Taken, held: Held
) -> None:
    """Half a request, too."""
    token = service.pilot_token()
    async with link_to(service.port) as link:
        await is_known(link, token)
        await link.send(post(live_body("R42/118", points=1), token))
        await held.is_reached.wait()
        await link.send(post(live_body("R42/118", points=2), token)[:-5])
        held.is_free.set()
        first = json.loads((await answer(link))[1])["points"]
        await link.send(post(live_body("R42/118", points=2), token)[-5:])
        second = json.loads((await answer(link))[1])["points"]

    assert (first, second) == (1, 2)
    assert short_way.taken == 1


async def test_a_client_that_leaves_meanwhile_has_its_points_queued(service: Served, held: Held) -> None:
    """The service goes on, and tells of the request in its log."""
    token = service.pilot_token()
    async with link_to(service.port) as link:
        await is_known(link, token)
        await link.send(post(live_body("R42/118", points=2), token))
        await held.is_reached.wait()
        link.writer.transport.abort()
    held.is_free.set()
    async with asyncio.timeout(10), link_to(service.port) as link:
        await is_known(link, token)

    assert (await service.site.queue.stats("live_points")).enqueued_items == 2
    assert [line for line in service.logged() if "points=2" in line and "status=202" in line]


async def test_what_is_under_way_at_the_end_is_answered(
    service: Served, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And told that the connection ends."""
    token, is_ending, shutdown = service.pilot_token(), asyncio.Event(), IntakeProtocol.shutdown

    def noted(self: IntakeProtocol) -> None:
        shutdown(self)
        is_ending.set()

    monkeypatch.setattr(IntakeProtocol, "shutdown", noted)
    async with link_to(service.port) as link:
        await is_known(link, token)
        await link.send(post(live_body("R42/118", points=2), token))
        await held.is_reached.wait()
        service.server.stop()
        await is_ending.wait()
        held.is_free.set()
        told, _ = await answer(link)

        assert told.startswith("HTTP/1.1 202")
        assert "connection: close" in told
        assert await link.is_closed()


async def test_a_body_that_looks_like_a_request_is_a_body(service: Served) -> None:
    """Of a request that was refused before its body was read: nothing in it is taken for a request."""
    token = service.pilot_token()
    inner = post(live_body("R42/118", points=2), token)
    async with link_to(service.port) as link:
        await is_known(link, token)
        await link.send(head(LIVE, "wrong", f"Content-Length: {len(inner)}"))
        told, _ = await answer(link)
        await link.send(inner)
        after, body = await ask(link, post(live_body("R42/118", points=3), token))

    assert told.startswith("HTTP/1.1 401")
    assert json.loads(body)["points"] == 3
    assert (await service.site.queue.stats("live_points")).enqueued_items == 2
    assert after.startswith("HTTP/1.1 202")
