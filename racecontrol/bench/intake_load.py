"""Ready-made requests on a few connections, with next to nothing of this process between them.

aiohttp takes 0.25 ms a request, more than the services measured: it would be what is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final, cast
from urllib.parse import urlsplit

_PATIENCE_S: Final = 60.0
_END: Final = b"\r\n\r\n"
_LENGTH: Final = b"content-length:"


def request_bytes(path: str, body: bytes, token: str = "") -> bytes:
    """A whole POST."""
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if token:
        head.append(f"Authorization: Bearer {token}")
    return "\r\n".join(head).encode() + _END + body


class Load:
    """Requests ready to be sent, on connections that are open already."""

    def __init__(self, links: Sequence[_Lane]) -> None:
        self._links = links

    @classmethod
    async def connect(cls, url: str, lanes: Sequence[Sequence[bytes]]) -> Load:
        """A connection for the requests of each lane."""
        place = urlsplit(url)
        loop = asyncio.get_running_loop()
        links = [
            await loop.create_connection(partial(_Lane, requests), place.hostname or "", place.port or 80)
            for requests in lanes
        ]
        return cls([link for _, link in links])

    async def send_all(self) -> None:
        """Send every request when the one before it on its connection is answered; close them all.

        Raises: ConnectionError where a request is not answered 202, or a connection ends before its time.
        """
        for link in self._links:
            link.begin()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await asyncio.gather(*(link.done for link in self._links))
        finally:
            for link in self._links:
                link.close()


class _Lane(asyncio.Protocol):
    """One connection and its requests."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._requests = iter(requests)
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's has the methods, and is no subclass.
        self._transport = cast(asyncio.WriteTransport, transport)

    def begin(self) -> None:
        """Send the first request."""
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_END)
        if not end or len(body) < _body_bytes(head):
            return
        if not head.startswith(b"HTTP/1.1 202"):
            self._fail(ConnectionError(f"answered {head[:40]!r} {body[:200]!r}"))
            return
        self._received = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(ConnectionError(f"the connection ended early ({exc})"))

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is not None and self._transport is not None:
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)

    def _fail(self, error: ConnectionError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


def _body_bytes(head: bytes) -> int:
    """What an answer's head says of its body."""
    lower = head.lower()
    at = lower.find(_LENGTH)
    return int(lower[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
