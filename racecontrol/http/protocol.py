"""uvicorn's protocol with deadlines: a connection that brings no whole request head in time is closed.

    connected ──► head complete ──► body (bounded in `body`) ──► answered ──► the next head ──► ...
        └─ HEAD_S ─┘                                                └─ HEAD_S ─┘
                over MOST_HEAD_BYTES: 431

uvicorn itself waits for ever for the first head, and for one that trickles in.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S: Final = 10.0
"""From connecting, or from the answer before, to the end of a request's head."""

MOST_HEAD_BYTES: Final = 16 * 1024
"""A head of ours has some 500 bytes with its token; nginx allows 32 KB, most servers 8."""

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: application/problem+json\r\nconnection: close\r\ncontent-length: 97\r\n\r\n"
    b'{"type":"about:blank","title":"The request head is too large","status":431,"detail":"over 16 KB"}'
)


class TimedProtocol(HttpToolsProtocol):
    """One connection. `head_s` is a class attribute, so that tests need not wait that long."""

    head_s: float = HEAD_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # It would write queries, and a tracker's token may stand there.
        self.access_log = False
        self._head_until_s: float | None = None
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._is_in_head = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        if self._head_timer is not None:
            self._head_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        # What was counted may hold the body's beginning: only a head that is still open is judged.
        if self._is_in_head and self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._is_in_head:
            self._await_head()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._head_bytes = 0
        self._stop_waiting()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # While a client idles uvicorn's own keep-alive timer runs; it stops at the next byte, ours does not.
        if not self._is_in_head and not self.transport.is_closing():
            self._await_head()

    def _await_head(self) -> None:
        """Hang up in `head_s`, unless a head is complete by then."""
        self._is_in_head = True
        self._head_until_s = self.loop.time() + self.head_s
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_s, self._look)

    def _stop_waiting(self) -> None:
        """The timer runs on, to be used again: a connection makes one in ten seconds, not one a request."""
        self._head_until_s = None

    def _look(self) -> None:
        self._head_timer = None
        if self._head_until_s is None or self.transport.is_closing():
            return
        left_s = self._head_until_s - self.loop.time()
        if left_s > 0:
            self._head_timer = self.loop.call_later(left_s, self._look)
        else:
            self.transport.close()
