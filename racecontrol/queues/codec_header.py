"""The 24 bytes every payload starts with, and the flight's names it ends with: docs/codec.md, "Header".

The body stands between them, so that its columns lie on 8-byte boundaries and can be
looked at where they are, without a copy.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final, TypeVar

import msgspec

from racecontrol.domain.fixes import OPTIONAL_COLUMNS, Fixes, Flight, Int32Column
from racecontrol.errors import BadItem, PayloadError

C = TypeVar("C")
"""A column, as an array or a list."""

VERSION: Final = 1

PLAIN: Final = 1
DELTA: Final = 2
DELTA_ZSTD: Final = 3
"""The kinds of body."""

MAX_POINTS: Final = 100_000
"""Points in one payload: twenty times a start's items, ten times any body of the feeds we know."""

_HEADER: Final = struct.Struct("<BBBBIIHBBq")
_START: Final = struct.Struct("<BBBB")
_REST: Final = struct.Struct("<IHBBq")
_REST_AT: Final = _HEADER.size - _REST.size
HEADER_BYTES: Final = _HEADER.size
FIRST_MS_AT: Final = 16
_SOURCE_AT: Final = 3
_RACE_AT: Final = 14
_BIB_AT: Final = 15
"""Where the lengths of these names stand."""

_AT_THEIR_PLACES: Final = tuple(
    itemgetter(
        *(
            (present & ((1 << bit) - 1)).bit_count() if present >> bit & 1 else -1
            for bit in range(len(OPTIONAL_COLUMNS))
        )
    )
    for present in range(1 << len(OPTIONAL_COLUMNS))
)
"""For each value of `columns`: what picks each optional column out of those that are there and a None."""

_NAME_LIMITS: Final = (("flight_id", 65_535), ("race_id", 255), ("bib", 255), ("source", 255))


class Header(msgspec.Struct, frozen=True, gc=False):
    """What stands before the body. columns: bit i is set where OPTIONAL_COLUMNS[i] is there."""

    kind: int
    columns: int
    points: int
    first_ms: int


def pack(header: Header, flight: Flight, body: bytes) -> bytes:
    """A whole payload.

    Raises: BadItem for more than MAX_POINTS, or a name that is too long or no text.
    """
    if header.points > MAX_POINTS:
        raise BadItem(f"{header.points} points in one item", advice=f"send at most {MAX_POINTS} an item")
    start, start_crc, lengths, names = _ends(flight, header.kind, header.columns)
    rest = _REST.pack(header.points, *lengths, header.first_ms) + body + names
    return start + zlib.crc32(rest, start_crc).to_bytes(4, "little") + rest


@lru_cache(maxsize=4096)
def _ends(flight: Flight, kind: int, columns: int) -> tuple[bytes, int, tuple[int, int, int], bytes]:
    """What payloads of a flight share: the first 4 bytes, their CRC-32, the lengths of the names, these."""
    try:
        names = [getattr(flight, field).encode() for field, _ in _NAME_LIMITS]
    except UnicodeEncodeError as exc:
        raise _bad_name(flight) from exc
    if any(len(name) > limit for name, (_, limit) in zip(names, _NAME_LIMITS, strict=True)):
        raise _bad_name(flight)
    start = _START.pack(VERSION, kind, columns, len(names[3]))
    return start, zlib.crc32(start), (len(names[0]), len(names[1]), len(names[2])), b"".join(names)


def _bad_name(flight: Flight) -> BadItem:
    for field, limit in _NAME_LIMITS:
        name = str(getattr(flight, field))
        if len(name.encode(errors="replace")) > limit:
            return BadItem(f"{field} {name[:20]!r}… is longer than {limit} bytes")
    return BadItem(f"flight {flight.flight_id[:20]!a}: a name holds half a surrogate pair")


def unpack(payload: bytes) -> tuple[Header, Flight, int]:
    """The header, the flight, and where the body ends; the CRC is checked.

    Raises: PayloadError saying what is wrong.
    """
    if len(payload) < HEADER_BYTES:
        raise PayloadError(f"torn: {len(payload)} bytes are less than a header")
    version, kind, columns, source, crc, points, flight_id, race_id, bib, first_ms = _HEADER.unpack_from(
        payload
    )
    if version != VERSION:
        raise PayloadError(f"version {version}: this program reads version {VERSION}")
    # A copy of 2 KB is made sooner than a view.
    if zlib.crc32(payload[_REST_AT:], zlib.crc32(payload[:4])) != crc:
        raise PayloadError("torn or damaged: the CRC-32 does not match")
    if not PLAIN <= kind <= DELTA_ZSTD or columns >> len(OPTIONAL_COLUMNS) or points > MAX_POINTS:
        raise PayloadError(f"kind {kind}, columns {columns:#x}, {points} points: not of version {VERSION}")
    body_end = len(payload) - flight_id - race_id - bib - source
    if body_end < HEADER_BYTES:
        raise PayloadError("the names are longer than the payload")
    return (
        Header(kind, columns, points, first_ms),
        _flight(payload[body_end:], flight_id, race_id, bib),
        body_end,
    )


def race_bytes(payload: bytes) -> bytes:
    """The race's id in a payload, unchecked; b"" where there is none. Cost: 0.2 microseconds."""
    if len(payload) < HEADER_BYTES:
        return b""
    end = len(payload) - payload[_SOURCE_AT] - payload[_BIB_AT]
    return payload[end - payload[_RACE_AT] : end]


@lru_cache(maxsize=4096)
def _flight(names: bytes, flight_id: int, race_id: int, bib: int) -> Flight:
    race_end = flight_id + race_id
    bib_end = race_end + bib
    try:
        return Flight(
            names[:flight_id].decode(),
            names[flight_id:race_end].decode(),
            names[race_end:bib_end].decode(),
            names[bib_end:].decode(),
        )
    except UnicodeDecodeError as exc:
        raise PayloadError("a name is not UTF-8") from exc


def optional_columns(fixes: Fixes) -> tuple[Int32Column | None, ...]:
    """In the order of OPTIONAL_COLUMNS, each None where it is not there."""
    return fixes.gnss_alt_m, fixes.pressure_alt_m, fixes.speed_cm_s, fixes.heading_deg


def present_of(optional: Sequence[C | None]) -> tuple[int, list[C]]:
    """The header's `columns`, and the optional columns that are there."""
    present = 0
    columns: list[C] = []
    for bit, column in enumerate(optional):
        if column is not None:
            present |= 1 << bit
            columns.append(column)
    return present, columns


def placed(present: int, columns: Sequence[Int32Column]) -> tuple[Int32Column | None, ...]:
    """The optional columns that are there, each at its place, else None."""
    picked: tuple[Int32Column | None, ...] = _AT_THEIR_PLACES[present]((*columns, None))
    return picked
