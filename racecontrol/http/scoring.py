"""The scoring route: rows of one flight, to be scored."""

from __future__ import annotations

from typing import Final

from racecontrol.domain.fixes import Flight
from racecontrol.domain.priority import NORMAL, SCORING_POINTS
from racecontrol.domain.sender import SenderKind
from racecontrol.formats.scoring_json import ScoringMessage, decode_scoring
from racecontrol.http.answer import Answer, json_answer
from racecontrol.http.arriving import items_of, post_of
from racecontrol.http.body import MEGABYTE
from racecontrol.http.points import PointRequest, PointRoute
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import flight_of, item_id_of
from racecontrol.pipeline.intake import Way

MOST_BYTES: Final = 4 * MEGABYTE
"""10,000 rows of some 200 bytes, and room."""

_SOURCE: Final = "scoring"


async def take_scoring(service: Service, request: PointRequest) -> Answer:
    """Queue the rows. Raises: FormatError; BadItem; NotAllowed; BuffersFull."""
    body = decode_scoring(request.body)
    sender = request.sender
    if body.flight_uuid is None:
        flight = Flight(f"scoring/{item_id_of(post_of(request))}", sender.race_id, "", _SOURCE)
    else:
        flight = flight_of(sender, body.flight_uuid, None, body.fixes, service.roll.roll, _SOURCE)
    items = items_of(request, body.fixes.of_flight(flight), NORMAL)
    request.seen.points = points = len(body.fixes)
    await service.intake.accept(SCORING_POINTS, items, Way.PIPELINE)
    return json_answer(202, {"flight_id": flight.flight_id, "points": points, "dropped": body.dropped})


SCORING_ROUTE: Final = PointRoute(
    "/api/v2/scoring/batch",
    "Rows to be scored",
    frozenset({SenderKind.RACE, SenderKind.OPERATOR}),
    MOST_BYTES,
    ScoringMessage,
    take_scoring,
)
