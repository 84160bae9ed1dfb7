"""The point routes: plain ASGI handlers that decode with msgspec, in front of the app for people.

    sender ─► may it? ─► body ─► decoded, checked ─► items ─► accepted ─► 202

An answer is given only when the queue server has acknowledged every item, or the spool has synced it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.http.access_log import Seen
from racecontrol.http.answer import Answer, Receive, Scope
from racecontrol.http.body import header, read_body
from racecontrol.http.front import PointHandler
from racecontrol.http.people import require_kind
from racecontrol.http.problem import HttpRefusal
from racecontrol.http.service import Service

MOST_KEY: Final = 128
"""Characters of an Idempotency-Key; a UUID has 36."""

_MOST_QUERY: Final = 10


@dataclass(frozen=True, slots=True)
class PointRequest:
    """A request whose sender may send here, with its whole body. idempotency_key: "" where none was given."""

    path: str
    sender: Sender
    body: bytes
    content_type: str
    idempotency_key: str
    query: Mapping[str, str]
    seen: Seen


Take = Callable[[Service, PointRequest], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class PointRoute:
    """One route. kinds: who may. most_bytes: of the body. body: the msgspec type whose schema it shows."""

    path: str
    summary: str
    kinds: frozenset[SenderKind]
    most_bytes: int
    body: object
    take: Take


def handler_of(service: Service, route: PointRoute) -> PointHandler:
    """The route's handler in front. What it raises, the front answers."""

    async def handle(scope: Scope, receive: Receive, seen: Seen) -> Answer:
        seen.sender = sender = await service.guard.admit(scope)
        require_kind(sender, route.kinds)
        body = await read_body(scope, receive, route.most_bytes, service.clock)
        seen.body_bytes = len(body)
        return await route.take(service, request_of(route.path, scope, sender, body, seen))

    return handle


def request_of(path: str, scope: Scope, sender: Sender, body: bytes, seen: Seen) -> PointRequest:
    """The request of these parts. Raises: HttpRefusal for a key that no client should send."""
    key = header(scope, b"idempotency-key").decode("latin-1")
    if len(key) > MOST_KEY or not key.isprintable():
        raise HttpRefusal(400, "Idempotency-Key: too long, or not printable", advice="send a UUID")
    content_type = header(scope, b"content-type").decode("latin-1")
    try:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_QUERY))
    except ValueError as exc:
        raise HttpRefusal(400, "the query has too many fields", advice="send what is documented") from exc
    return PointRequest(path, sender, body, content_type, key, query, seen)
