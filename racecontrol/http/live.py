"""The live routes: a tracker's or a gateway's points as JSON."""

from __future__ import annotations

from functools import partial
from typing import Final

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.sender import SenderKind
from racecontrol.formats.tracker_json import LiveBody, LiveMessage, decode_live
from racecontrol.http.answer import Answer, json_answer
from racecontrol.http.arriving import accept_arrival, post_of
from racecontrol.http.body import MEGABYTE
from racecontrol.http.points import PointRequest, PointRoute, Ready
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import Arrival, live_arrival
from racecontrol.pipeline.intake import Way

MOST_BYTES: Final = 2 * MEGABYTE
"""10,000 points of some 150 bytes, and room."""

KINDS: Final = frozenset({SenderKind.PILOT, SenderKind.RACE})


async def take_live(
    service: Service, request: PointRequest, *, way: Way, queue: str = LIVE_POINTS, source: str = "live"
) -> Answer:
    """Queue a live body. Raises: FormatError; BadItem; NotAllowed; BuffersFull."""
    body, arrival = _read(service, request, source)
    await accept_arrival(service, arrival, queue, way)
    return _answer(body, arrival)


def prepare_live(
    service: Service, request: PointRequest, *, way: Way, queue: str = LIVE_POINTS, source: str = "live"
) -> Ready | None:
    """`take_live` up to its items; None where somebody is to be told of more than points.

    Raises: FormatError; BadItem; NotAllowed.
    """
    body, arrival = _read(service, request, source)
    if arrival.sos or arrival.serial:
        return None
    return Ready(queue, arrival.items, way, _answer(body, arrival))


def _read(service: Service, request: PointRequest, source: str) -> tuple[LiveBody, Arrival]:
    body = decode_live(request.body)
    request.seen.points = len(body.track)
    return body, live_arrival(post_of(request), body, service.roll.roll, source)


def _answer(body: LiveBody, arrival: Arrival) -> Answer:
    document = {"flight_id": arrival.flight.flight_id, "points": len(body.track), "dropped": body.dropped}
    return json_answer(202, document)


LIVE_ROUTES: Final = tuple(
    PointRoute(
        f"/api/v2/live/add_live_track_points{suffix}",
        summary,
        KINDS,
        MOST_BYTES,
        LiveMessage,
        partial(take_live, way=way),
        partial(prepare_live, way=way),
    )
    for suffix, summary, way in (
        ("", "Live points", Way.AUTO),
        ("_optimized", "Live points, sent on together with those of others", Way.BATCHED),
    )
)
