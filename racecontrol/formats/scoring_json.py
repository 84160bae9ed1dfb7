"""Bodies of the scoring route: rows of one flight, as the scoring service sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from racecontrol.domain.fixes import Fixes
from racecontrol.formats.doubled_keys import keys_of, refuse_doubled_keys
from racecontrol.formats.wire_points import (
    IsoTime,
    Lat,
    Lon,
    Name,
    clean_id,
    decode_json,
    fixes_of,
)

MOST_ROWS: Final = 10_000
"""Rows of one body: what the wire format allows."""


class ScoringRow(Struct, gc=False):
    """One fix. gps_alt: m above the ellipsoid. barometric_altitude: m. speed: km/h. heading: degrees."""

    date_time: IsoTime
    lat: Lat
    lon: Lon
    gps_alt: float | None = None
    barometric_altitude: float | None = None
    speed: float | None = None
    heading: float | None = None


class ScoringMessage(Struct, gc=False):
    """What the scoring service posts."""

    tracks: Annotated[list[ScoringRow], Meta(min_length=1, max_length=MOST_ROWS)]
    flight_uuid: Name | None = None


@dataclass(frozen=True, slots=True)
class ScoringBody:
    """Decoded rows. fixes: of no flight yet. dropped: rows with the time of an earlier one."""

    flight_uuid: str | None
    fixes: Fixes
    dropped: int


_SCORING: Final = msgspec.json.Decoder(ScoringMessage)
_KEYS: Final = keys_of(("tracks", "flight_uuid"), ("lat", "lon", "date_time"))


def decode_scoring(body: bytes) -> ScoringBody:
    """The rows of a body. Raises: FormatError or BadItem naming the row (from 0) and the field."""
    message = decode_json(_SCORING, body)
    fixes = fixes_of(message.tracks)
    refuse_doubled_keys(body, _KEYS, len(message.tracks), fixes)
    flight_uuid = None if message.flight_uuid is None else clean_id(message.flight_uuid)
    return ScoringBody(flight_uuid, fixes, len(message.tracks) - len(fixes))
