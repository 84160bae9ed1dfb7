"""Points of trackers that nobody owned when they came follow the operator's assignment, wherever they waited.

    assign:  mapping ─► what the store holds ─► queued as the pilot's
    worker:  store   ─► assigned by now?     ─► queued as the pilot's

The worker asks after its commit, and an assignment reads the store after its mapping stands: each point
is found by one of the two, be it in the store, in a queue, a dead letter, or a spool of any machine. By
both now and then: the pilot's flight has each fix once.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE, LIVE_POINTS
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Owner, may_move, serial_of
from racecontrol.errors import FormatError, RaceError
from racecontrol.formats.racefolder import find_race
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.trackers import Trackers


class TrackerFlow:
    """The worker's part."""

    def __init__(self, queue: PriorityQueue, folders: Sequence[Path]) -> None:
        """folders: of races, which tell what is an initial point."""
        self._queue = queue
        self._trackers = Trackers(queue.client)
        self._folders = folders

    async def follow(self, stored: Sequence[Fixes]) -> None:
        """Count what was stored of trackers, and queue it for the pilots whom they were given to.

        Raises: ServerUnavailable; a repeat queues what is missing.
        Cost: none without such points; a round trip a tracker, and some ms a race they go to.
        """
        by_serial: dict[str, list[Fixes]] = {}
        for fixes in stored:
            if serial := serial_of(fixes.flight):
                by_serial.setdefault(serial, []).append(fixes)
        races: dict[str, Race | None] = {}
        for serial, pieces in by_serial.items():
            owner = await self._trackers.see(serial, sum(map(len, pieces)))
            if owner is None:
                continue
            if owner.race_id not in races:
                races[owner.race_id] = await asyncio.to_thread(self._race, owner.race_id)
            race = races[owner.race_id]
            items = [item for fixes in pieces for item in moved_items(race, owner, fixes)]
            await self._queue.enqueue(LIVE_POINTS, items)

    def _race(self, race_id: str) -> Race | None:
        """None where its folder is not here, or cannot be read: the points go to the pilot all the same."""
        try:
            return find_race(race_id, self._folders)
        except (RaceError, FormatError):
            return None


def moved_items(race: Race | None, owner: Owner, fixes: Fixes) -> list[NewItem]:
    """A tracker's points as items of its pilot; the same points are the same items.

    None of a sender of another race: its token is good for that race alone.
    """
    items: list[NewItem] = []
    if not may_move(fixes.flight, owner):
        return items
    for chunk in fixes.of_flight(owner.flight(fixes.flight.source)).chunks(ITEM_POINTS):
        payload = encode(chunk)
        digest = hashlib.blake2b(payload, digest_size=16).hexdigest()
        initial_of = race.race_id if race is not None and race.may_be_initial(chunk) else ""
        items.append(NewItem(f"assign:{owner}:{digest}"[:250], LIVE, len(chunk), payload, initial_of))
    return items
