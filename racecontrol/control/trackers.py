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
from racecontrol.formats.racefolder import race_folders
from racecontrol.pipeline.tracker_flow import assigned_roll, pilots_items
from racecontrol.queues.model import NewItem
from racecontrol.state.trackers import Owners, Trackers, UnknownTracker


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

    async def assignments(self) -> dict[str, Owners]:
        """Whom operators gave trackers to, by serial, the latest last. Raises: ServerUnavailable."""
        return await self._trackers.assignments()

    async def assign(self, serial: str, bib: str, race_id: str) -> Assigned:
        """Give a tracker to a pilot of a race, over its roster; all its points of the race flow to the pilot.

        What another race's senders heard, or is of another day, stays the tracker's.

        Raises: RaceError where there is no such race or bib; ServerUnavailable, after which a repeat
        finishes it.
        """
        race = self._site.race(race_id)
        if bib not in {pilot.bib for pilot in race.pilots}:
            raise RaceError(f"{race.race_id} has no bib {bib}", advice=f"see racecontrol race show {race_id}")
        owner = Owner(race.race_id, bib)
        is_new = await self._trackers.assign(serial, owner, self._site.operator)
        owners = (await self._trackers.assignments()).get(serial, (owner,))
        items = await asyncio.to_thread(self._kept, serial, race, owner, owners)
        await self._site.queue.enqueue(LIVE_POINTS, items)
        await self._trackers.forget(serial)
        points = sum(item.points for item in items)
        return Assigned(serial, owner.race_id, owner.bib, points, is_new)

    def _kept(self, serial: str, race: Race, owner: Owner, owners: Owners) -> list[NewItem]:
        """What the store has of the tracker, as the pilot's items. Blocks."""
        roll = assigned_roll(serial, owners, race_folders(self._site.settings), {race.race_id: race})
        items: list[NewItem] = []
        for race_id in ("", race.race_id):
            fixes = self._site.store.track(tracker_flight(serial, "", race_id).flight_id)
            share = roll.shares(serial, fixes, race_id).get(owner) if fixes is not None else None
            items += pilots_items(roll, owner, share) if share is not None else ()
        return items
