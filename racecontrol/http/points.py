"""The point routes: plain ASGI handlers that decode with msgspec, in front of the app for people.

    sender ─► may it? ─► body ─► decoded, checked ─► items ─► accepted ─► 202

An answer is given only when the queue server has acknowledged every item, or the spool has synced it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

from msgspec import Struct

from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.http.access_log import Seen
from racecontrol.http.answer import Answer, Receive, Scope
from racecontrol.http.body import header, read_body
from racecontrol.http.guard import require_kind
from racecontrol.http.problem import HttpRefusal
from racecontrol.http.service import Service
from racecontrol.pipeline.intake import Way
from racecontrol.queues.model import NewItem

MOST_KEY: Final = 128
"""Characters of an Idempotency-Key; a UUID has 36."""

_MOST_QUERY: Final = 10

PointHandler: TypeAlias = Callable[[Scope, Receive, Seen], Awaitable[Answer]]


class PointRequest(Struct, frozen=True):
    """A request whose sender may send here, with its whole body. idempotency_key: "" where none was given."""

    path: str
    sender: Sender
    body: bytes
    content_type: str
    idempotency_key: str
    query: Mapping[str, str]
    seen: Seen


Take = Callable[[Service, PointRequest], Awaitable[Answer]]


class Ready(Struct, frozen=True, gc=False):
    """A request whose items are all that is left to do. answer: to be given when they are accepted."""

    queue: str
    items: Sequence[NewItem]
    way: Way
    answer: Answer


Prepare = Callable[[Service, PointRequest], Ready | None]
"""What `Take` does before it first waits; None where accepting items is not all that it waits for."""


@dataclass(frozen=True, slots=True)
class PointRoute:
    """One route. kinds: who may. most_bytes: of the body. body: the msgspec type whose schema it shows.

    prepare: where it has a short way, see `short_way`.
    """

    path: str
    summary: str
    kinds: frozenset[SenderKind]
    most_bytes: int
    body: object
    take: Take
    prepare: Prepare | None = None


def handler_of(service: Service, route: PointRoute) -> PointHandler:
    """The route's handler in front. What it raises, the front answers."""

    async def handle(scope: Scope, receive: Receive, seen: Seen) -> Answer:
        seen.sender = sender = await service.guard.admit(scope)
        require_kind(sender, route.kinds)
        body = await read_body(scope, receive, route.most_bytes, service.clock)
        seen.body_bytes = len(body)
        return await route.take(service, request_of(route.path, scope, sender, body, seen))

    return handle


class RequestHead(NamedTuple):
    """What a request's head says beside its sender; as in `PointRequest`."""

    path: str
    content_type: str
    idempotency_key: str
    query: Mapping[str, str]

    def with_body(self, sender: Sender, body: bytes, seen: Seen) -> PointRequest:
        """The whole request."""
        return PointRequest(
            self.path, sender, body, self.content_type, self.idempotency_key, self.query, seen
        )


def request_of(path: str, scope: Scope, sender: Sender, body: bytes, seen: Seen) -> PointRequest:
    """The request of these parts. Raises: HttpRefusal for a key that no client should send."""
    return head_of(path, scope).with_body(sender, body, seen)


def head_of(path: str, scope: Scope) -> RequestHead:
    """What the head says. Raises: HttpRefusal for a key that no client should send."""
    key = header(scope, b"idempotency-key").decode("latin-1")
    if len(key) > MOST_KEY or not key.isprintable():
        raise HttpRefusal(400, "Idempotency-Key: too long, or not printable", advice="send a UUID")
    content_type = header(scope, b"content-type").decode("latin-1")
    try:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=_MOST_QUERY))
    except ValueError as exc:
        raise HttpRefusal(400, "the query has too many fields", advice="send what is documented") from exc
    return RequestHead(path, content_type, key, query)
