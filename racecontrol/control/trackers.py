"""Trackers that no pilot owns: look at them, and give one to a pilot with all that it has sent.

    assign ─► mapping and log entry ─► stored points, as the pilot's, into the queue ─► off the list
               └ from now on posts go to the bib, and so does what a worker stores of the tracker

Every step can be repeated: ids follow from tracker, pilot and content, and the store holds a fix
once. Who was killed half way assigns once more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from racecontrol.control.site import Site
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Owner, tracker_flight
from racecontrol.errors import RaceError
from racecontrol.pipeline.tracker_flow import moved_items
from racecontrol.queues.model import NewItem
from racecontrol.state.trackers import Trackers, UnknownTracker


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did. points: stored ones that were queued for the pilot; those that wait follow.

    is_new: False where the tracker was the pilot's already.
    """

    serial: str
    race: str
    bib: str
    points: int
    is_new: bool


class TrackerVerbs:
    """What the site's operator can do with trackers."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._trackers = Trackers(site.client)

    async def unknown(self) -> tuple[UnknownTracker, ...]:
        """The trackers that no pilot owns, the one heard of last first. Raises: ServerUnavailable."""
        return await self._trackers.unknown()

    async def assignments(self) -> dict[str, Owner]:
        """Whom operators gave trackers to, by serial. Raises: ServerUnavailable."""
        return await self._trackers.assignments()

    async def assign(self, serial: str, bib: str, race_id: str) -> Assigned:
        """Give a tracker to a pilot, over any roster; all its points flow to the pilot.

        All that may: what another race's senders heard, or is of another day, stays the tracker's.

        Raises: RaceError where there is no such race or bib; ServerUnavailable, after which a repeat
        finishes it.
        """
        race = self._site.race(race_id)
        if bib not in {pilot.bib for pilot in race.pilots}:
            raise RaceError(f"{race.race_id} has no bib {bib}", advice=f"see racecontrol race show {race_id}")
        owner = Owner(race.race_id, bib)
        is_new = await self._trackers.assign(serial, owner, self._site.operator)
        items = await asyncio.to_thread(self._kept, serial, race, owner)
        await self._site.queue.enqueue(LIVE_POINTS, items)
        await self._trackers.forget(serial)
        points = sum(item.points for item in items)
        return Assigned(serial, owner.race_id, owner.bib, points, is_new)

    def _kept(self, serial: str, race: Race, owner: Owner) -> list[NewItem]:
        """What the store has of the tracker, as the pilot's items. Blocks."""
        flights = (tracker_flight(serial, "", race_id) for race_id in ("", race.race_id))
        tracks = (self._site.store.track(flight.flight_id) for flight in flights)
        return [item for fixes in tracks if fixes is not None for item in moved_items(race, owner, fixes)]
