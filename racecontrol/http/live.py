"""The live routes: a tracker's or a gateway's points as JSON."""

from __future__ import annotations

from functools import partial
from typing import Final

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.sender import SenderKind
from racecontrol.formats.tracker_json import LiveMessage, decode_live
from racecontrol.http.answer import Answer, json_answer
from racecontrol.http.arriving import accept_arrival, post_of
from racecontrol.http.body import MEGABYTE
from racecontrol.http.points import PointRequest, PointRoute
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import live_arrival
from racecontrol.pipeline.intake import Way

MOST_BYTES: Final = 2 * MEGABYTE
"""10,000 points of some 150 bytes, and room."""

KINDS: Final = frozenset({SenderKind.PILOT, SenderKind.RACE})


async def take_live(
    service: Service, request: PointRequest, *, way: Way, queue: str = LIVE_POINTS, source: str = "live"
) -> Answer:
    """Queue a live body. Raises: FormatError; BadItem; NotAllowed; BuffersFull."""
    body = decode_live(request.body)
    request.seen.points = points = len(body.fixes)
    arrival = live_arrival(post_of(request), body, service.roll.roll, source)
    await accept_arrival(service, arrival, queue, way)
    flight_id = arrival.flight.flight_id
    return json_answer(202, {"flight_id": flight_id, "points": points, "dropped": body.dropped})


LIVE_ROUTES: Final = tuple(
    PointRoute(
        f"/api/v2/live/add_live_track_points{suffix}",
        summary,
        KINDS,
        MOST_BYTES,
        LiveMessage,
        partial(take_live, way=way),
    )
    for suffix, summary, way in (
        ("", "Live points", Way.AUTO),
        ("_optimized", "Live points, sent on together with those of others", Way.BATCHED),
    )
)
