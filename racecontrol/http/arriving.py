"""From a decoded body to items of the queue: whose points they are, and the id that makes a repeat one."""

from __future__ import annotations

import hashlib
from typing import Final

from racecontrol.control.rosters import Rosters
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.errors import NotAllowed
from racecontrol.formats.racefolder import is_race_id
from racecontrol.formats.roster import BIB_PATTERN
from racecontrol.http.points import PointRequest
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem

_LONGEST_SERIAL: Final = 80


def flight_of(
    flight_id: str, device_id: str | None, sender: Sender, source: str, rosters: Rosters, near_ms: int
) -> Flight:
    """The flight that the sender may send for; that of the tracker itself where no pilot owns it.

    near_ms: of the points, UTC. Raises: NotAllowed where it is another pilot's, or of another race.
    """
    race_id, _, bib = flight_id.partition("/")
    if sender.kind is SenderKind.PILOT:
        _require_own(flight_id, sender)
        return own_flight(sender.race_id, sender.bib, source)
    if is_race_id(race_id) and BIB_PATTERN.fullmatch(bib):
        if sender.race_id and race_id != sender.race_id:
            raise NotAllowed("the token is of another race", advice="send the flight_id as RACE/BIB")
        return own_flight(race_id, bib, source)
    owner = rosters.owner(device_id or flight_id, near_ms, sender.race_id)
    if owner is not None:
        return own_flight(owner.race.race_id, owner.bib, source)
    return Flight(f"tracker/{(device_id or flight_id)[:_LONGEST_SERIAL]}", "", "", source)


def own_flight(race_id: str, bib: str, source: str) -> Flight:
    """A pilot's flight in a race."""
    return Flight(f"{race_id}/{bib}", race_id, bib, source)


def items_of(request: PointRequest, fixes: Fixes, priority: float, part: str = "") -> list[NewItem]:
    """The fixes as items; the same post has the same ids. part: which flight of several."""
    base = item_id_of(request) + part
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


def first_ms(fixes: Fixes, otherwise_ms: int) -> int:
    """The time of the first fix."""
    return int(fixes.time_ms[0]) if len(fixes) else otherwise_ms


def _require_own(flight_id: str, sender: Sender) -> None:
    """Raises: NotAllowed for a flight_id that names somebody else's flight."""
    if flight_id not in (f"{sender.race_id}/{sender.bib}", sender.bib):
        raise NotAllowed("the token is of another pilot's flight", advice="send your own flight_id, RACE/BIB")
