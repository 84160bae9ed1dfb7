"""`Answer`: what a handler in front gives back, and how it is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import Struct

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON: Final = b"application/json"
TEXT: Final = b"text/plain; charset=utf-8"

Header: TypeAlias = tuple[bytes, bytes]


class Answer(Struct, frozen=True, gc=False):
    """A whole answer. headers: besides Content-Type and Content-Length, in lower case."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: tuple[Header, ...] = ()

    def all_headers(self) -> list[Header]:
        """Content-Type, Content-Length, and the others."""
        length = b"%d" % len(self.body)
        return [(b"content-type", self.content_type), (b"content-length", length), *self.headers]

    async def send(self, send: Send) -> None:
        """Send it as the answer of an ASGI request."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.all_headers()})
        await send({"type": "http.response.body", "body": self.body})


def json_answer(status: int, document: object) -> Answer:
    """The document as JSON."""
    return Answer(status, msgspec.json.encode(document))
