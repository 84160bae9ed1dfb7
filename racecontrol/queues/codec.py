"""Fixes to the bytes of a queue item and back. Byte by byte: docs/codec.md.

Small live batches are laid out plainly, column after column: nothing was faster to write
and to read. From BULK_POINTS on columns are delta-coded, narrowed and compressed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

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

FEWEST_ALIKE: Final = 8
MOST_ALIKE: Final = 32
"""Plain payloads of one form that are read together: of fewer than 5 each takes longer than alone, and more
than 32 of 100 points leave the processor's cache, in which they are after their CRC was checked."""

_Plain: TypeAlias = tuple[int, Header, Flight, bytes]
"""A plain payload's place among others, what it was taken apart to, and itself."""


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


def decode_each(payloads: Sequence[bytes]) -> list[Fixes | PayloadError]:
    """For each payload what `decode` gives or raises.

    Plain ones with the same columns and as many points, as most of a batch are, are read together, in
    two thirds of the time. Their columns lie in one array, which lives as long as any of them.
    """
    decoded: dict[int, Fixes | PayloadError] = {}
    plain: dict[tuple[int, int, int], list[_Plain]] = {}
    for place, payload in enumerate(payloads):
        try:
            header, flight, body_end = unpack(payload)
            if header.kind != PLAIN:
                decoded[place] = _decode_delta(header, flight, payload[HEADER_BYTES:body_end])
                continue
            form = header.columns, header.points, body_end
            alike = plain.get(form)
            if alike is None:
                codec_plain.shape_of(header, body_end)
                alike = plain[form] = []
        except PayloadError as exc:
            decoded[place] = exc.with_traceback(None)
            continue
        alike.append((place, header, flight, payload))
        if len(alike) == MOST_ALIKE:
            decoded.update(_decode_alike(plain.pop(form), body_end))
    for (_, _, body_end), alike in plain.items():
        decoded.update(_decode_alike(alike, body_end))
    return [decoded[place] for place in range(len(payloads))]


def _decode_alike(alike: Sequence[_Plain], body_end: int) -> Iterable[tuple[int, Fixes]]:
    """Each one's place, and its fixes."""
    if len(alike) < FEWEST_ALIKE:
        return [
            (place, codec_plain.fixes_of(header, flight, payload, body_end))
            for place, header, flight, payload in alike
        ]
    places, headers, flights, payloads = zip(*alike, strict=True)
    return zip(places, codec_plain.fixes_of_alike(headers, flights, payloads, body_end), strict=True)


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
