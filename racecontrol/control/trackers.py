"""Trackers that no pilot owns: look at them, and give one to a pilot with all that it has sent.

    assign ─► mapping and log entry ─► kept points, as the pilot's, into the queue ─► off the list
               (later posts go to the bib)   └─ again, until nothing of the tracker is on its way

Every step can be repeated: ids follow from tracker, pilot and content, and the store holds a fix
once. Who was killed half way assigns once more.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

from racecontrol.control.site import Site
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE, LIVE_POINTS
from racecontrol.domain.race import Race
from racecontrol.domain.roll import TRACKER, Owner
from racecontrol.errors import RaceError
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.state.trackers import Trackers, UnknownTracker

PATIENCE_S: Final = 5.0
"""How long an assignment waits for the tracker's points that are still in the queue."""

_POLL_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did. points: kept ones that were queued for the pilot.

    is_new: False where the tracker was the pilot's already. is_settled: False where points from before
    may still be on their way: a repeat brings them.
    """

    serial: str
    race: str
    bib: str
    points: int
    is_new: bool
    is_settled: bool


class TrackerVerbs:
    """What the site's operator can do with trackers."""

    def __init__(self, site: Site, clock: Clock = SYSTEM_CLOCK, patience_s: float = PATIENCE_S) -> None:
        self._site = site
        self._trackers = Trackers(site.client)
        self._clock = clock
        self._patience_s = patience_s

    async def unknown(self) -> tuple[UnknownTracker, ...]:
        """The trackers that no pilot owns, the one heard of last first. Raises: ServerUnavailable."""
        return await self._trackers.unknown()

    async def assignments(self) -> dict[str, Owner]:
        """Whom operators gave trackers to, by serial. Raises: ServerUnavailable."""
        return await self._trackers.assignments()

    async def assign(self, serial: str, bib: str, race_id: str) -> Assigned:
        """Give a tracker to a pilot, over any roster; its kept points flow to the pilot.

        Raises: RaceError where there is no such race or bib; ServerUnavailable, after which a repeat
        finishes it.
        """
        race = self._site.race(race_id)
        if bib not in {pilot.bib for pilot in race.pilots}:
            raise RaceError(f"{race.race_id} has no bib {bib}", advice=f"see racecontrol race show {race_id}")
        owner = Owner(race.race_id, bib)
        is_new = await self._trackers.assign(serial, owner, self._site.operator)
        points, is_settled = await self._move(race, owner, serial)
        if is_settled:
            await self._trackers.forget(serial)
        return Assigned(serial, owner.race_id, owner.bib, points, is_new, is_settled)

    async def _move(self, race: Race, owner: Owner, serial: str) -> tuple[int, bool]:
        """Queue what the store holds of the tracker, until all that was queued before is stored too."""
        asked_s, moved = self._clock.monotonic_s(), 0
        while True:
            is_settled = await self._is_stored(self._clock.monotonic_s() - asked_s)
            fixes = await asyncio.to_thread(self._site.store.track, f"{TRACKER}/{serial}")
            if fixes is not None and len(fixes) > moved:
                await self._site.queue.enqueue(LIVE_POINTS, moved_items(race, owner, fixes))
                moved = len(fixes)
            if is_settled or self._clock.monotonic_s() - asked_s > self._patience_s:
                return moved, is_settled
            await asyncio.sleep(_POLL_S)

    async def _is_stored(self, since_s: float) -> bool:
        """Whether no queue holds an item from before `since_s` ago, when the tracker got its owner."""
        for queue in (LIVE_POINTS, FLYMASTER_POINTS):
            stats = await self._site.queue.stats(queue)
            if stats.total_pending and stats.oldest_ms > since_s * 1000:
                return False
        return True


def moved_items(race: Race, owner: Owner, fixes: Fixes) -> list[NewItem]:
    """A tracker's kept points as items of its pilot; the same points are the same items."""
    flight = Flight(str(owner), owner.race_id, owner.bib, fixes.flight.source)
    items = []
    for chunk in fixes.of_flight(flight).chunks(ITEM_POINTS):
        payload = encode(chunk)
        digest = hashlib.blake2b(payload, digest_size=16).hexdigest()
        initial_of = race.race_id if race.may_be_initial(chunk) else ""
        items.append(NewItem(f"assign:{owner}:{digest}"[:250], LIVE, len(chunk), payload, initial_of))
    return items
