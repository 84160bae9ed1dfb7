"""SPOT satellite messengers: the feed that SPOT's service gives, as a gateway or a phone sends it on.

    {"response": {"feedMessageResponse": {"messages": {"message": [
        {"messengerId": "0-8139942", "unixTime": 1571231455, "messageType": "TRACK",
         "latitude": 44.06871, "longitude": 7.20849, "altitude": 0, ...}, ...]}}}}

Source: SPOT's public feed API; `altitude` is 0 where the model has no altimeter.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from racecontrol.domain.fixes import Fixes
from racecontrol.errors import FormatError
from racecontrol.formats.wire_points import Lat, Lon, Name, clean_id, decode_json, fixes_of

MARK: Final = b'"feedMessageResponse"'
"""Stands near the beginning of every such body, and of no other."""

_HELP: Final = frozenset({"HELP", "SOS"})
_MOST: Final = 1_000


class SpotMessage(Struct, gc=False):
    """One message; each has a position."""

    messengerId: Name
    unixTime: int
    messageType: str
    latitude: Lat
    longitude: Lon
    altitude: float = 0


class _Messages(Struct, gc=False):
    message: Annotated[list[SpotMessage], Meta(min_length=1, max_length=_MOST)]


class _Feed(Struct, gc=False):
    messages: _Messages


class _Response(Struct, gc=False):
    feedMessageResponse: _Feed


class _Body(Struct, gc=False):
    response: _Response


class _Point(Struct, gc=False):
    lat: float
    lon: float
    timestamp: int
    elevation: float | None


class SpotFeed(Struct, frozen=True):
    """A decoded feed. sos: its newest message asks for help, so an old cry that was answered is none.

    dropped: messages with the time of an earlier one.
    """

    messenger: str
    fixes: Fixes
    sos: bool
    dropped: int


_BODY: Final = msgspec.json.Decoder(_Body)


def decode_spot(body: bytes) -> SpotFeed:
    """The feed of one messenger.

    Raises: FormatError or BadItem naming the field; FormatError for a feed of several messengers.
    """
    messages = decode_json(_BODY, body).response.feedMessageResponse.messages.message
    messengers = {message.messengerId for message in messages}
    if len(messengers) > 1:
        raise FormatError(f"{len(messengers)} messengers in one feed", advice="send each feed by itself")
    newest = max(messages, key=lambda message: message.unixTime)
    fixes = fixes_of([_point(message) for message in messages])
    is_sos = newest.messageType.upper() in _HELP
    return SpotFeed(clean_id(newest.messengerId), fixes, is_sos, len(messages) - len(fixes))


def _point(message: SpotMessage) -> _Point:
    return _Point(message.latitude, message.longitude, message.unixTime, message.altitude or None)
