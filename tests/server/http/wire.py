"""Requests byte by byte, as no client library would send them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A connection to a service."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *chunks: bytes) -> None:
        """Send as far as the other end takes it; that it hangs up meanwhile is no error here."""
        try:
            for chunk in chunks:
                self.writer.write(chunk)
                await self.writer.drain()
        except ConnectionError:
            return

    async def status(self) -> int:
        """The status of the next answer; 0 where the connection ends without one."""
        try:
            line = await self.reader.readline()
        except ConnectionError:
            return 0
        return int(line.split()[1]) if line else 0

    async def is_closed(self) -> bool:
        """Wait until the other end has closed it; what it still sends is read."""
        try:
            await self.reader.read()
        except ConnectionError:
            return True
        return self.reader.at_eof()


@asynccontextmanager
async def link_to(port: int) -> AsyncIterator[Link]:
    """A connection while the block runs."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Link(reader, writer)
    finally:
        writer.close()


def head(path: str, token: str, *headers: str, method: str = "POST") -> bytes:
    """A request's head."""
    lines = [f"{method} {path} HTTP/1.1", "Host: a", f"Authorization: Bearer {token}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(chunks: Iterable[bytes]) -> list[bytes]:
    """A chunked body."""
    return [*(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks), b"0\r\n\r\n"]
