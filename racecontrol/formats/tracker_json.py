"""Live and upload bodies in JSON, as trackers send them: bytes to fixes that are checked and in order.

    {"flight_id": "R42/118", "device_id": null, "sos": false, "track_points": [
        {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:45:00Z", "elevation": 1500}]}

Unknown keys are ignored. A height, speed or heading that cannot be is left out; the position counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import Fixes
from racecontrol.errors import BadItem, FormatError
from racecontrol.formats.doubled_keys import keys_of, refuse_doubled_keys
from racecontrol.formats.flymaster_feed import MARKS, FlymasterFeed, decode_flymaster_feed
from racecontrol.formats.spot import MARK, SpotFeed, decode_spot
from racecontrol.formats.wire_points import (
    NOBODY,
    IsoTime,
    Lat,
    Lon,
    Name,
    clean_id,
    decode_json,
    few_or_fixes_of,
    fixes_of,
    refuse,
)

MOST_LIVE_POINTS: Final = 10_000
"""Points of a live body: three hours of a 1 Hz logger that was out of reach."""

MOST_UPLOAD_POINTS: Final = 100_000
"""Points of an uploaded flight: 27 hours at 1 Hz."""

_BEGINNING: Final = 200
"""Bytes at a body's beginning that tell a provider's feed from a tracker's own."""

MOST_FLIGHTS: Final = 1_000
"""Flights of one batch of uploads."""


class LivePoint(Struct, gc=False):
    """One fix. elevation: m above the ellipsoid. barometric_altitude: m. speed: km/h. heading: degrees."""

    lat: Lat
    lon: Lon
    datetime: IsoTime
    elevation: float | None = None
    barometric_altitude: float | None = None
    speed: float | None = None
    heading: float | None = None


class LiveMessage(Struct, gc=False):
    """What a live tracker posts. sos: the pilot asks for help."""

    flight_id: Name
    track_points: Annotated[list[LivePoint], Meta(max_length=MOST_LIVE_POINTS)]
    device_id: Name | None = None
    sos: bool = False


class UploadMessage(Struct, gc=False):
    """One whole flight."""

    flight_id: Name
    track_points: Annotated[list[LivePoint], Meta(min_length=1, max_length=MOST_UPLOAD_POINTS)]
    device_id: Name | None = None
    pilot_id: Name | None = None
    race_id: Name | None = None


class UploadBatchMessage(Struct, gc=False):
    """Many whole flights."""

    flights: Annotated[list[UploadMessage], Meta(min_length=1, max_length=MOST_FLIGHTS)]


class _RawBatch(Struct, gc=False):
    flights: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_FLIGHTS)]


class LiveBody(Struct, frozen=True, gc=False):
    """A decoded live body. track: of no flight yet. dropped: points with the time of an earlier one."""

    flight_id: str
    device_id: str | None
    track: Fixes | FewFixes
    sos: bool
    dropped: int

    @property
    def fixes(self) -> Fixes:
        """The track as columns, whatever it has come as."""
        return self.track.of_flight(NOBODY)


@dataclass(frozen=True, slots=True)
class UploadBody:
    """A decoded upload. fixes: of no flight yet. dropped: points with the time of an earlier one."""

    flight_id: str
    device_id: str | None
    pilot_id: str | None
    race_id: str | None
    fixes: Fixes
    dropped: int


_LIVE: Final = msgspec.json.Decoder(LiveMessage)
_UPLOAD: Final = msgspec.json.Decoder(UploadMessage)
_BATCH: Final = msgspec.json.Decoder(_RawBatch)
_LIST: Final = msgspec.json.Decoder(Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MOST_FLIGHTS)])
_KEYS: Final = keys_of(("flight_id", "track_points", "sos"), ("lat", "lon", "datetime"))


def decode_live(body: bytes) -> LiveBody:
    """A live body, or a SPOT or Flymaster feed of one tracker. Refused without a point, unless it is an SOS.

    Raises: FormatError or BadItem naming the point (from 0) and the field.
    Cost: 1.2 microseconds a point of a body of 100, 25 of a single one.
    """
    if MARK in body[:_BEGINNING]:
        return _from_spot(decode_spot(body))
    if all(mark in body[:_BEGINNING] for mark in MARKS):
        return _from_flymaster(decode_flymaster_feed(body))
    message = decode_json(_LIVE, body)
    if not message.track_points and not message.sos:
        refuse("no point", "track_points")
    points = len(message.track_points)
    track = few_or_fixes_of(message.track_points)
    refuse_doubled_keys(body, _KEYS, points, track)
    return LiveBody(
        clean_id(message.flight_id), _clean(message.device_id), track, message.sos, points - len(track)
    )


def _from_spot(feed: SpotFeed) -> LiveBody:
    return LiveBody(feed.messenger, feed.messenger, feed.fixes, feed.sos, feed.dropped)


def _from_flymaster(feed: FlymasterFeed) -> LiveBody:
    return LiveBody(feed.serial, feed.serial, feed.fixes, False, feed.dropped)


def decode_upload(body: bytes | msgspec.Raw) -> UploadBody:
    """One uploaded flight. Raises: FormatError or BadItem naming the point (from 0) and the field."""
    message = decode_json(_UPLOAD, body)
    points = len(message.track_points)
    fixes = fixes_of(message.track_points)
    refuse_doubled_keys(bytes(body), _KEYS, points, fixes)
    return UploadBody(
        clean_id(message.flight_id),
        _clean(message.device_id),
        _clean(message.pilot_id),
        _clean(message.race_id),
        fixes,
        points - len(fixes),
    )


def decode_uploads(body: bytes) -> list[UploadBody | FormatError | BadItem]:
    """Many flights, {"flights": [...]} or a list, in their order; one that is wrong is its error.

    Raises: FormatError where the body as a whole cannot be read.
    """
    is_list = body.lstrip()[:1] == b"["
    flights = decode_json(_LIST, body) if is_list else decode_json(_BATCH, body).flights
    return [_upload_or_fault(flight) for flight in flights]


def _upload_or_fault(flight: msgspec.Raw) -> UploadBody | FormatError | BadItem:
    try:
        return decode_upload(flight)
    except (FormatError, BadItem) as fault:
        return fault


def _clean(raw: str | None) -> str | None:
    return None if raw is None else clean_id(raw)
