"""Faults S2, S3, S5 and S8: what is too large, too deep or too often is refused, and nothing else suffers."""

from __future__ import annotations

import asyncio
import gzip
import json

import pytest

from racecontrol.domain.sender import SenderKind
from racecontrol.http import lingering
from racecontrol.http.allowance import RATES
from racecontrol.http.live import MOST_BYTES
from racecontrol.state.limits import Rate
from tests.server.http.serving import LIVE, Served, live_body
from tests.server.http.wire import chunked, head, link_to
from tests.server.memory import memory_grows_by_less_than

GIGABYTE = 1 << 30
MOST_GROWTH_KB = 20 * 1024


def one_point(*, flight_id: str = "R42/118", lat: str = "45", day: str = "2026-05-26") -> bytes:
    """A live body of one point, of texts that no JSON library would write."""
    point = f'{{"lat": {lat}, "lon": 6, "datetime": "{day}T11:00:00Z"}}'
    return f'{{"flight_id": "{flight_id}", "track_points": [{point}]}}'.encode()


async def test_a_declared_gigabyte_is_refused_before_it_comes(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its Content-Length alone; the connection is closed."""
    monkeypatch.setattr(lingering, "QUIET_S", 0.1)
    async with link_to(service.port) as link:
        await link.send(head(LIVE, service.pilot_token(), f"Content-Length: {GIGABYTE}"))

        assert await link.status() == 413
        assert await link.is_closed()


async def test_a_sender_that_reads_only_when_all_is_sent_learns_the_reason(service: Served) -> None:
    """As most client libraries do: a connection cut before would tell it nothing."""
    async with link_to(service.port) as link:
        await link.send(head(LIVE, service.pilot_token(), f"Content-Length: {4 * MOST_BYTES}"))
        await link.send(*(bytes(65_536) for _ in range(4 * MOST_BYTES // 65_536)))

        assert await link.status() == 413
        assert await link.is_closed()


async def test_a_chunked_body_is_refused_where_it_grows_too_large(service: Served) -> None:
    """Nobody said how large it would be; memory stays flat, however much of it comes."""
    chunk = chunked([b" " * 65_536])[0]
    with memory_grows_by_less_than(MOST_GROWTH_KB):
        async with link_to(service.port) as link:
            await link.send(head(LIVE, service.pilot_token(), "Transfer-Encoding: chunked"))
            await link.send(*(chunk for _ in range(50 * MOST_BYTES // 65_536)))

            assert await link.status() == 413


async def test_a_length_that_lies_is_refused(service: Served) -> None:
    """Told too short, the body is cut, and its rest is no request; the connection is closed."""
    sent = json.dumps(live_body()).encode()
    async with link_to(service.port) as link:
        await link.send(head(LIVE, service.pilot_token(), f"Content-Length: {len(sent) - 5}"), sent)

        assert await link.status() == 400
        assert await link.is_closed()


async def test_a_gzip_bomb_is_refused_with_memory_flat(service: Served) -> None:
    """It is unpacked up to the cap and no further."""
    bomb = gzip.compress(b" " * (64 << 20))
    with memory_grows_by_less_than(MOST_GROWTH_KB):
        reply = await service.post(LIVE, bomb, service.pilot_token(), Content_Encoding="gzip")

    assert reply.status == 413


async def test_a_packed_body_is_taken(service: Served) -> None:
    """Gateways pack theirs."""
    packed = gzip.compress(json.dumps(live_body(points=50)).encode())

    reply = await service.post(LIVE, packed, service.pilot_token(), Content_Encoding="gzip")

    assert (reply.status, reply.document["points"]) == (202, 50)


@pytest.mark.parametrize(
    ("packing", "sent", "status"),
    [("br", b"{}", 415), ("gzip", b"no gzip", 400), ("gzip", gzip.compress(b"{}", mtime=0)[:-4], 400)],
)
async def test_what_cannot_be_unpacked_is_refused(
    service: Served, packing: str, sent: bytes, status: int
) -> None:
    """An unknown packing, none at all, and one that is cut short."""
    reply = await service.post(LIVE, sent, service.pilot_token(), Content_Encoding=packing)

    assert reply.status == status


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
async def test_a_request_that_is_no_http_is_refused_and_the_connection_closed(
    service: Served, request_bytes: bytes
) -> None:
    """Two lengths, bad chunks, TLS on a plain port."""
    async with link_to(service.port) as link:
        await link.send(request_bytes)

        assert await link.status() == 400
        assert await link.is_closed()


async def test_a_head_of_a_megabyte_is_refused(service: Served) -> None:
    """Long before its end."""
    async with link_to(service.port) as link:
        await link.send(b"GET / HTTP/1.1\r\nHost: a\r\nX: ", *(b"x" * 4_096 for _ in range(256)))

        assert await link.status() in (431, 0)
        assert await link.is_closed()


@pytest.mark.parametrize(
    "sent",
    [
        b"[" * 100_000,
        b'{"flight_id": "R42/118", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b', "track_points": []}',
        one_point(lat="NaN"),
        one_point(lat="1e400"),
        one_point(lat="91"),
        one_point(day="1970-01-01"),
        one_point(day="2100-01-01"),
        one_point(flight_id="\\ud800"),
        b'{"flight_id": "\xff\xfe", "track_points": []}',
        b'{"flight_id": "R42/118", "flight_id": "R42/119", "track_points": []}',
        one_point(lat='45, "lat": 46'),
        b"",
        b"null",
    ],
)
async def test_an_impossible_body_is_refused_with_a_reason(
    service: Served, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """4xx, as problem+json, in the words of what is wrong; the log has no traceback of it."""
    reply = await service.post(LIVE, sent, service.pilot_token())

    assert reply.status in (400, 403, 422), reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.document["detail"]
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_sender_that_comes_too_often_is_told_when_to_come_again(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own token only: the next pilot is served."""
    monkeypatch.setitem(RATES, SenderKind.PILOT, Rate(0.5, 3))
    token = service.pilot_token()

    statuses = [(await service.post(LIVE, live_body(), token)).status for _ in range(5)]
    refused = await service.post(LIVE, live_body(), token)

    assert statuses == [202, 202, 202, 429, 429]
    assert 1 <= int(refused.headers["Retry-After"]) <= 3
    assert (await service.post(LIVE, live_body("R42/119"), service.pilot_token("119"))).status == 202


async def test_no_token_is_in_the_access_log(service: Served, caplog: pytest.LogCaptureFixture) -> None:
    """Nor in any other, nor the query it stood in, nor a position; of a wrong one neither."""
    token, wrong = service.pilot_token(), service.token(SenderKind.PILOT, "R42", "118", valid_ms=-1)
    with caplog.at_level("DEBUG"):
        await service.post(f"{LIVE}?token={token}", live_body(), None)
        await service.post(LIVE, live_body(), token)
        await service.post(f"{LIVE}?token={wrong}", live_body(), None)
        await service.post(LIVE, live_body(), "guess" + token)

    lines = service.logged()
    assert [line.partition("status=")[2][:3] for line in lines] == ["202", "202", "401", "401"]
    assert all(f"path={LIVE} " in line for line in lines)
    told = (*lines, *caplog.messages)
    assert not [line for line in told if token in line or wrong in line or "45.9" in line]


async def test_the_same_post_is_one_item(service: Served) -> None:
    """Fifty times at once, with the same answer each time."""
    token = service.pilot_token()

    replies = await asyncio.gather(*(service.post(LIVE, live_body(points=3), token) for _ in range(50)))

    assert {(reply.status, reply.text) for reply in replies} == {(202, replies[0].text)}
    assert (await service.site.queue.stats("live_points")).enqueued_items == 1


async def test_an_idempotency_key_makes_two_bodies_one_item(service: Served) -> None:
    """A gateway that adds a time of sending gives a key."""
    token = service.pilot_token()

    for note in ("first", "again"):
        await service.post(LIVE, live_body(note=note), token, Idempotency_Key="k1")

    assert (await service.site.queue.stats("live_points")).enqueued_items == 1
