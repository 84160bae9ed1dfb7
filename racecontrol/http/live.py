"""The live routes: a tracker's or a gateway's points as JSON."""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec

from racecontrol.domain.fixes import Flight
from racecontrol.domain.priority import LIVE, LIVE_POINTS
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import BadItem, FormatError, NotAllowed
from racecontrol.http.answer import Answer, json_answer
from racecontrol.http.body import MEGABYTE
from racecontrol.http.points import PointRequest, PointRoute
from racecontrol.http.problem import HttpRefusal
from racecontrol.http.service import Service
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.points import points_to_fixes

MOST_POINTS: Final = 5_000
"""Of one body: one item's worth."""


class LivePoints(msgspec.Struct):
    """A live body. track_points: each with lat, lon and datetime; other fields are optional."""

    flight_id: str
    track_points: list[dict[str, Any]]
    device_id: str | None = None
    sos: bool = False


_decoder = msgspec.json.Decoder(LivePoints)


async def take_live(service: Service, request: PointRequest) -> Answer:
    """Queue a live body. Raises: FormatError; BadItem; NotAllowed; HttpRefusal; BuffersFull."""
    body = _decoded(request.body)
    flight = _flight_of(body, request.sender)
    fixes = points_to_fixes(body.track_points, flight)
    request.seen.points = len(fixes)
    if len(fixes):
        item = NewItem(item_id_of(request), LIVE, len(fixes), encode(fixes))
        await service.site.queue.enqueue(LIVE_POINTS, [item])
    return json_answer(202, {"flight_id": flight.flight_id, "points": len(body.track_points)})


def item_id_of(request: PointRequest) -> str:
    """The same for the same post: of sender, route and the key that was given, else the body."""
    sender = request.sender
    whose = f"{sender.race_id}/{sender.bib}" if sender.race_id else sender.token_id
    parts = (whose, request.path, request.idempotency_key or request.body.hex())
    return "http:" + hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _decoded(body: bytes) -> LivePoints:
    try:
        decoded = _decoder.decode(body)
    except (ValueError, RecursionError) as exc:
        raise FormatError(str(exc), advice="send a JSON object with flight_id and track_points") from exc
    if len(decoded.track_points) > MOST_POINTS:
        what = f"{len(decoded.track_points)} points in one body"
        raise HttpRefusal(413, what, advice=f"send at most {MOST_POINTS}")
    return decoded


def _flight_of(body: LivePoints, sender: Sender) -> Flight:
    race_id, _, bib = body.flight_id.partition("/")
    if sender.kind is SenderKind.PILOT and body.flight_id != f"{sender.race_id}/{sender.bib}":
        raise NotAllowed("the token is of another pilot's flight", advice="send your own flight_id")
    if race_id != sender.race_id:
        raise NotAllowed("the token is of another race", advice="send the flight_id as RACE/BIB")
    if not bib:
        raise BadItem("flight_id: it names no bib", advice="send RACE/BIB")
    return Flight(body.flight_id, race_id, bib, "live")


_KINDS: Final = frozenset({SenderKind.PILOT, SenderKind.RACE})

LIVE_ROUTES: Final = (
    PointRoute("/api/v2/live/add_live_track_points", "Live points", _KINDS, MEGABYTE, LivePoints, take_live),
    PointRoute(
        "/api/v2/live/add_live_track_points_optimized",
        "Live points, in batches",
        _KINDS,
        MEGABYTE,
        LivePoints,
        take_live,
    ),
)
