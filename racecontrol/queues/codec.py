"""Fixes to the bytes of a queue item and back. Byte by byte: docs/codec.md.

Small live batches are laid out plainly, column after column: nothing was faster to write
and to read. From BULK_POINTS on columns are delta-coded, narrowed and compressed.
"""

from __future__ import annotations

import threading
from typing import Final

import zstandard

from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.errors import PayloadError
from racecontrol.queues import codec_delta, codec_plain
from racecontrol.queues.codec_header import DELTA, DELTA_ZSTD, HEADER_BYTES, PLAIN, Header, pack, unpack

BULK_POINTS: Final = 256
"""Points from which an item is delta-coded. Below, the plain form is 4 times as fast, and small enough."""

ZSTD_BYTES: Final = 1_024
"""Bytes of a delta body from which zstd is tried; below, it takes as long as all the rest."""

ZSTD_LEVEL: Final = 1
"""Level 3 takes 1.3 times as long on real tracks and saves 1 %."""


def encode(fixes: Fixes) -> bytes:
    """One item's payload.

    Raises: BadItem for more points or longer names than a payload holds.
    """
    first_ms = int(fixes.time_ms[0]) if len(fixes) else 0
    plain = codec_plain.body_of(fixes, first_ms) if len(fixes) < BULK_POINTS else None
    if plain is not None:
        present, body = plain
        return pack(Header(PLAIN, present, len(fixes), first_ms), fixes.flight, body)
    present, body = codec_delta.body_of(fixes, first_ms)
    kind = DELTA
    if len(body) >= ZSTD_BYTES:
        smaller = _zstd.compressor.compress(body)
        if len(smaller) < len(body):
            kind, body = DELTA_ZSTD, smaller
    return pack(Header(kind, present, len(fixes), first_ms), fixes.flight, body)


def encode_few(few: FewFixes, flight: Flight) -> bytes:
    """`encode(few.of_flight(flight))`, in a third of its time. Raises: BadItem."""
    plain = codec_plain.body_of_few(few)
    if plain is None:
        return encode(few.of_flight(flight))
    present, body = plain
    return pack(Header(PLAIN, present, len(few), few.time_ms[0]), flight, body)


def decode(payload: bytes) -> Fixes:
    """The fixes of a payload; columns may be read-only views of it.

    Raises: PayloadError with what is wrong: torn, damaged, of an unknown version or kind.
    """
    header, flight, body_end = unpack(payload)
    if header.kind == PLAIN:
        return codec_plain.fixes_of(header, flight, payload, body_end)
    return _decode_delta(header, flight, payload[HEADER_BYTES:body_end])


def _decode_delta(header: Header, flight: Flight, body: bytes) -> Fixes:
    if header.kind == DELTA_ZSTD:
        # The frame tells its size, and memory is taken by what it tells.
        try:
            size = zstandard.frame_content_size(body)
            if not 0 <= size <= codec_delta.longest_body(header):
                raise PayloadError(f"a body of {size} bytes is too long for {header.points} points")
            body = _zstd.decompressor.decompress(body)
        except zstandard.ZstdError as exc:
            raise PayloadError(f"torn or damaged: {exc}") from exc
    return codec_delta.fixes_of(header, flight, body)


class _Zstd(threading.local):
    """A thread's own contexts: one is 8 microseconds to make, and none may be used by two threads at once."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_zstd = _Zstd()
