"""What the handlers do with an arrival: its points accepted, its tracker shown, its SOS raised."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from typing import Final

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.roll import tracker_flight
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import NotAllowed, QueueError, ServerUnavailable
from racecontrol.formats.racefolder import is_race_id
from racecontrol.formats.roster import BIB_PATTERN
from racecontrol.http.points import PointRequest
from racecontrol.http.service import Service
from racecontrol.pipeline.arrivals import Arrival, Post, item_id_of
from racecontrol.pipeline.intake import Way
from racecontrol.pipeline.uploads import upload_items
from racecontrol.queues.model import NewItem

PATIENCE_S: Final = 0.5
"""What showing may take of a request whose points are safe already."""

_LONGEST_SERIAL: Final = 80


def post_of(request: PointRequest) -> Post:
    """The request as arrivals know it."""
    return Post(request.sender, request.path, request.body, request.idempotency_key)


async def accept_arrival(service: Service, arrival: Arrival, queue: str, way: Way) -> None:
    """Raise its SOS, accept its points, show its tracker. Raises: BadItem; BuffersFull; QueueError."""
    if arrival.sos:
        await service.sos.call_for_help(arrival.fixes)
    if arrival.items:
        await service.intake.accept(queue, arrival.items, way)
    if arrival.serial:
        with suppress(ServerUnavailable, QueueError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await service.trackers.see(arrival.serial)


def flight_of(
    service: Service, flight_id: str, device_id: str | None, sender: Sender, source: str, fixes: Fixes
) -> Flight:
    """The flight of an upload; that of the tracker itself where no pilot owns it.

    Raises: NotAllowed where it is another pilot's, or of another race.
    """
    race_id, _, bib = flight_id.partition("/")
    if sender.kind is SenderKind.PILOT:
        if flight_id not in (f"{sender.race_id}/{sender.bib}", sender.bib):
            raise NotAllowed("the token is of another pilot's flight", advice="send your own flight_id")
        return own_flight(sender.race_id, sender.bib, source)
    if is_race_id(race_id) and BIB_PATTERN.fullmatch(bib):
        if sender.race_id and race_id != sender.race_id:
            raise NotAllowed("the token is of another race", advice="send the flight_id as RACE/BIB")
        return own_flight(race_id, bib, source)
    serial = (device_id or flight_id)[:_LONGEST_SERIAL]
    last_ms = int(fixes.time_ms[-1]) if len(fixes) else service.clock.now_ms()
    owner = service.roll.roll.owner_of(serial, last_ms, sender.race_id)
    if owner is not None:
        return own_flight(owner.race_id, owner.bib, source)
    return tracker_flight(serial, source)


def own_flight(race_id: str, bib: str, source: str) -> Flight:
    """A pilot's flight in a race."""
    return Flight(f"{race_id}/{bib}", race_id, bib, source)


def items_of(request: PointRequest, fixes: Fixes, priority: float, part: str = "") -> list[NewItem]:
    """The fixes as items; the same post has the same ids. part: which flight of several."""
    # A file sent again for another bib is not the same upload, though the body is.
    whose = hashlib.blake2b(fixes.flight.flight_id.encode(), digest_size=8).hexdigest()
    return upload_items(fixes, priority, f"{item_id_of(post_of(request))}{part}:{whose}")
