"""From a decoded body to items of the queue: whose points they are, and the id that makes a repeat one."""

from __future__ import annotations

import hashlib
from typing import Final

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.priority import LIVE
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import NotAllowed
from racecontrol.formats.roster import BIB_PATTERN
from racecontrol.http.points import PointRequest
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem

_TRACKER: Final = "tracker"


def flight_of(flight_id: str, device_id: str | None, sender: Sender, source: str) -> Flight:
    """The flight that the sender may send for. Raises: NotAllowed."""
    race_id, _, bib = flight_id.partition("/")
    if sender.kind is SenderKind.PILOT and flight_id != f"{sender.race_id}/{sender.bib}":
        raise NotAllowed("the token is of another pilot's flight", advice="send your own flight_id, RACE/BIB")
    if bib and BIB_PATTERN.fullmatch(bib):
        if race_id != sender.race_id:
            raise NotAllowed("the token is of another race", advice="send the flight_id as RACE/BIB")
        return Flight(flight_id, race_id, bib, source)
    return Flight(f"{_TRACKER}/{device_id or flight_id}"[:100], "", "", source)


def items_of(request: PointRequest, fixes: Fixes, priority: float = LIVE) -> list[NewItem]:
    """The fixes as items; the same post has the same ids."""
    base = item_id_of(request)
    return [
        NewItem(f"{base}:{number}", priority, len(chunk), encode(chunk))
        for number, chunk in enumerate(fixes.chunks(ITEM_POINTS))
    ]


def item_id_of(request: PointRequest) -> str:
    """Of sender, route, and the key that was given, else the body. A new token is the same sender."""
    sender = request.sender
    whose = f"{sender.race_id}/{sender.bib}" if sender.race_id else sender.token_id
    digest = hashlib.blake2b(f"{whose}\0{request.path}\0{request.idempotency_key}\0".encode(), digest_size=16)
    if not request.idempotency_key:
        digest.update(request.body)
    return f"http:{digest.hexdigest()}"
