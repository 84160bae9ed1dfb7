"""Reading a request's body: bounded in size, in time, and once it is unpacked."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.errors import FormatError
from racecontrol.http.answer import Receive, Scope
from racecontrol.http.problem import HttpRefusal

MEGABYTE: Final = 1024 * 1024

GRACE_S: Final = 10.0
SLOWEST_BYTES_S: Final = 8 * 1024
"""A body may take GRACE_S and then a second for each 8 KB of it: the worst uplink of a tracker gives that."""

_THREADED_BYTES: Final = 256 * 1024
"""Packed bytes from which unpacking leaves the loop: they can hold it for more than 5 ms."""

_GZIP: Final = 16 + zlib.MAX_WBITS


async def read_body(scope: Scope, receive: Receive, most_bytes: int, clock: Clock = SYSTEM_CLOCK) -> bytes:
    """The whole body, unpacked. most_bytes: of it as sent, and again unpacked.

    Raises: HttpRefusal 408 where it comes too slowly, 413 where it is too large, 415 for a packing other
    than gzip; FormatError where it cannot be unpacked.
    """
    encoding = header(scope, b"content-encoding").lower()
    if encoding not in (b"", b"identity", b"gzip", b"x-gzip"):
        raise HttpRefusal(
            415, "the body is packed in a way we do not know", advice="send gzip, or plain", is_last=True
        )
    length = header(scope, b"content-length")
    if length.isdigit() and int(length) > most_bytes:
        raise _too_large(most_bytes)
    sent = await _received(receive, most_bytes, clock)
    if encoding in (b"", b"identity"):
        return sent
    if len(sent) > _THREADED_BYTES:
        return await asyncio.to_thread(_unpacked, sent, most_bytes)
    return _unpacked(sent, most_bytes)


def header(scope: Scope, name: bytes) -> bytes:
    """The first header of this name, in lower case; b"" where there is none."""
    return next((value for given, value in scope["headers"] if given == name), b"")


class ClientLeft(Exception):
    """The client went away in the middle of its request; nobody waits for an answer."""


async def _received(receive: Receive, most_bytes: int, clock: Clock) -> bytes:
    began_s = clock.monotonic_s()
    chunks: list[bytes] = []
    received = 0
    while True:
        left_s = GRACE_S + received / SLOWEST_BYTES_S - (clock.monotonic_s() - began_s)
        try:
            async with asyncio.timeout(max(0.0, left_s)):
                message = await receive()
        except TimeoutError as exc:
            what = f"the body came too slowly: {received} bytes in {clock.monotonic_s() - began_s:.0f} s"
            raise HttpRefusal(408, what, advice="send it again, in smaller parts", is_last=True) from exc
        if message["type"] == "http.disconnect":
            raise ClientLeft
        chunk: bytes = message.get("body", b"")
        received += len(chunk)
        if received > most_bytes:
            raise _too_large(most_bytes)
        if not message.get("more_body", False):
            return b"".join((*chunks, chunk)) if chunks else chunk
        chunks.append(chunk)


def _unpacked(packed: bytes, most_bytes: int) -> bytes:
    unpacker = zlib.decompressobj(_GZIP)
    try:
        body = unpacker.decompress(packed, most_bytes + 1)
    except zlib.error as exc:
        raise FormatError("the body is no gzip", advice="send it plain, or packed with gzip") from exc
    if len(body) > most_bytes:
        raise _too_large(most_bytes)
    if not unpacker.eof or unpacker.unused_data:
        raise FormatError("the gzip body is cut short, or goes on after its end")
    return body


def _too_large(most_bytes: int) -> HttpRefusal:
    what = f"the body is over {most_bytes} bytes, as sent or unpacked"
    return HttpRefusal(413, what, advice="send it in several parts", is_last=True)
