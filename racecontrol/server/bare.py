"""A bare socket to a server: what is left when a client library costs nothing. For measurements only."""

from __future__ import annotations

import select
import socket
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import hiredis

_CHUNK_BYTES: Final = 1 << 18


def socket_of(url: str) -> socket.socket:
    """A socket connected to the server of a redis:// or unix:// URL; not logged in. Raises: OSError."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        link = socket.socket(socket.AF_UNIX)
        try:
            link.connect(unquote(parts.path))
        except BaseException:
            link.close()
            raise
        return link
    link = socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 6379))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def count_commands(ready_made: bytes) -> int:
    """How many commands these bytes are."""
    reader = hiredis.Reader()
    reader.feed(ready_made)
    count = 0
    while reader.gets() is not False:
        count += 1
    return count


class BareLink:
    """A logged-in connection that sends bytes made before and reads the answers."""

    def __init__(self, url: str) -> None:
        """Raises: OSError where nobody listens, or the password is refused."""
        parts = urlsplit(url)
        self._socket = socket_of(url)
        try:
            if parts.password:
                name = unquote(parts.username or "default")
                # Its stub takes a tuple of one.
                login: bytes = hiredis.pack_command(("AUTH", name, unquote(parts.password)))  # type: ignore[arg-type]
                self.blast(login, 1)
        except BaseException:
            self._socket.close()
            raise

    def blast(self, ready_made: bytes, answers: int) -> None:
        """Send all of it, reading answers meanwhile, and return when all have come.

        Raises: OSError for an answer that is an error, or a link that ends. Blocks.
        """
        reader = hiredis.Reader()
        unsent = memoryview(ready_made)
        self._socket.setblocking(False)
        while answers:
            readable, writable, _ = select.select([self._socket], [self._socket] if unsent else [], [])
            if writable:
                unsent = unsent[self._socket.send(unsent[:_CHUNK_BYTES]) :]
            if readable:
                received = self._socket.recv(_CHUNK_BYTES)
                if not received:
                    raise ConnectionError("the server ended the link")
                reader.feed(received)
                answers -= _taken(reader)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _taken(reader: hiredis.Reader) -> int:
    count = 0
    while (answer := reader.gets()) is not False:
        if isinstance(answer, hiredis.ReplyError):
            raise ConnectionError(str(answer))
        count += 1
    return count
