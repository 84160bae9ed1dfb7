"""The 32 bytes every payload starts with, and the flight's names it ends with: docs/codec.md, "Header".

The body stands between them, so that its first column lies on an 8-byte boundary and can
be looked at where it is, without a copy.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

from racecontrol.domain.fixes import Flight
from racecontrol.errors import BadItem, PayloadError

VERSION: Final = 1

PLAIN: Final = 1
DELTA: Final = 2
DELTA_ZSTD: Final = 3
"""The kinds of body."""

MAX_POINTS: Final = 100_000
"""Points in one payload: ten times the largest body any tracker sends, and at most 3.6 MB once decoded."""

_HEADER: Final = struct.Struct("<BBBBIIHHHHIq")
_COVERED: Final = struct.Struct("<IHHHHIq")
_CRC_END: Final = 8
HEADER_BYTES: Final = _HEADER.size
_TEXT_LIMIT: Final = 2**16


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the body.

    columns: bit i is set where OPTIONAL_COLUMNS[i] is there. time_width: bytes of a time in the
    body, 4 or 8, of a plain payload; 0 of others. time_unit_ms: what one unit of the body's times is.
    """

    kind: int
    columns: int
    time_width: int
    points: int
    time_unit_ms: int
    first_ms: int


def pack(header: Header, flight: Flight, body: bytes) -> bytes:
    """A whole payload.

    Raises: BadItem for more than MAX_POINTS, or a name of 64 KB.
    """
    if header.points > MAX_POINTS:
        raise BadItem(f"{header.points} points in one item", advice=f"send at most {MAX_POINTS} an item")
    try:
        flight_id, race_id = flight.flight_id.encode(), flight.race_id.encode()
        bib, source = flight.bib.encode(), flight.source.encode()
    except UnicodeEncodeError as exc:
        raise BadItem(f"flight {flight.flight_id!a}: a name holds a lone surrogate") from exc
    names = len(flight_id), len(race_id), len(bib), len(source)
    if max(names) >= _TEXT_LIMIT:
        raise BadItem(f"flight {flight.flight_id[:40]!r}: a name is {max(names)} bytes long")
    start = bytes((VERSION, header.kind, header.columns, header.time_width))
    rest = _COVERED.pack(header.points, *names, header.time_unit_ms, header.first_ms)
    rest = b"".join((rest, body, flight_id, race_id, bib, source))
    return b"".join((start, zlib.crc32(rest, zlib.crc32(start)).to_bytes(4, "little"), rest))


def unpack(payload: bytes) -> tuple[Header, Flight, int]:
    """The header, the flight, and where the body ends; the CRC is checked.

    Raises: PayloadError saying what is wrong.
    """
    if len(payload) < HEADER_BYTES:
        raise PayloadError(f"torn: {len(payload)} bytes are less than a header")
    version, kind, columns, time_width, crc, points, *names, unit_ms, first_ms = _HEADER.unpack_from(payload)
    if version != VERSION:
        raise PayloadError(f"version {version}: this program reads version {VERSION}")
    if zlib.crc32(memoryview(payload)[_CRC_END:], zlib.crc32(payload[:4])) != crc:
        raise PayloadError("torn or damaged: the CRC-32 does not match")
    if not PLAIN <= kind <= DELTA_ZSTD:
        raise PayloadError(f"kind {kind} of version {version} is not known")
    if columns > 15 or points > MAX_POINTS:
        raise PayloadError(f"{points} points of columns {columns:#x}: more than a payload may hold")
    body_end = len(payload) - sum(names)
    if body_end < HEADER_BYTES:
        raise PayloadError("the names are longer than the payload")
    texts = []
    at = body_end
    for length in names:
        texts.append(payload[at : at + length])
        at += length
    try:
        flight = Flight(*(text.decode() for text in texts))
    except UnicodeDecodeError as exc:
        raise PayloadError("a name is not UTF-8") from exc
    return Header(kind, columns, time_width, points, unit_ms, first_ms), flight, body_end
