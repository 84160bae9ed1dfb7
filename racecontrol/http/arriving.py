"""What the handlers do with an arrival: its points accepted, its tracker shown, its SOS raised."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import Final

from racecontrol.domain.fixes import Fixes
from racecontrol.errors import QueueError, ServerUnavailable
from racecontrol.http.points import PointRequest
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import Arrival, Post, item_id_of
from racecontrol.pipeline.intake import Way
from racecontrol.pipeline.uploads import upload_items
from racecontrol.queues.model import NewItem

_PATIENCE_S: Final = 0.5
"""What showing may take of a request whose points are safe already."""


def post_of(request: PointRequest) -> Post:
    """The request as arrivals know it."""
    return Post(request.sender, request.path, request.body, request.idempotency_key)


async def accept_arrival(service: Service, arrival: Arrival, queue: str, way: Way) -> None:
    """Raise its SOS, accept its points, show its tracker.

    Raises: BadItem; BuffersFull; QueueError; ServerUnavailable for an SOS that nothing would remember.
    """
    if arrival.sos and not await service.sos.call_for_help(arrival.fixes) and not arrival.items:
        raise ServerUnavailable("the SOS is not shown yet", advice="send it again, with a position at best")
    if arrival.items:
        await service.intake.accept(queue, arrival.items, way)
    if arrival.serial:
        with suppress(ServerUnavailable, QueueError, TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await service.trackers.see(arrival.serial)


def items_of(request: PointRequest, fixes: Fixes, priority: float, part: str = "") -> list[NewItem]:
    """The fixes as items; the same post has the same ids. part: which flight of several."""
    # A file sent again for another bib is not the same upload, though the body is.
    whose = hashlib.blake2b(fixes.flight.flight_id.encode(), digest_size=8).hexdigest()
    return upload_items(fixes, priority, f"{item_id_of(post_of(request))}{part}:{whose}")
