"""Points of trackers that nobody owned when they came follow the operator's assignment, wherever they waited.

    assign:  mapping ─► what the store holds ─► queued as the pilot's
    worker:  store   ─► assigned by now?     ─► queued as the pilot's

The worker asks after its commit, and an assignment reads the store after its mapping stands: each point
is found by one of the two, be it in the store, in a queue, a dead letter, or a spool of any machine. By
both now and then: the pilot's flight has each fix once.

An assignment is for one race. What moves is what a sender of the race, or of none, brought, and what is at
most a day from the race's gun and nearest to that one, as with a roster (`Roll.owner_of`): what was sent on
another day is another race's, or of a clock that was never set. That stays the tracker's, and is shown.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Owner, Roll, senders_race, serial_of
from racecontrol.errors import FormatError, QueueError, RaceError, ServerUnavailable
from racecontrol.formats.racefolder import find_race
from racecontrol.pipeline.uploads import is_brought
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import LeasedItem, NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.trackers import Trackers

_log = logging.getLogger(__name__)


class TrackerFlow:
    """The worker's part."""

    def __init__(self, queue: PriorityQueue, folders: Sequence[Path]) -> None:
        """folders: of races, which tell whose days points are of, and what is an initial point."""
        self._queue = queue
        self._trackers = Trackers(queue.client)
        self._folders = folders

    async def follow(self, queue: str, stored: Sequence[tuple[LeasedItem, Fixes]]) -> frozenset[str]:
        """Count what was stored of trackers, and queue it for the pilots whom they were given to.

        Gives the members of the items whose points the queue does not take at the moment.

        queue: from which it came and in which it goes on, at its own priority, so bulk stays behind live
        points. What an operator brought in, a table or another store, is neither counted nor followed.

        Raises: ServerUnavailable where it does not answer; a repeat queues what is missing.
        Cost: none without such points; a round trip a tracker, and some ms a race they go to.
        """
        by_serial: dict[str, list[tuple[LeasedItem, Fixes]]] = {}
        for item, fixes in stored:
            if (serial := serial_of(fixes.flight)) and not is_brought(item.item_id):
                by_serial.setdefault(serial, []).append((item, fixes))
        races: dict[str, Race | None] = {}
        unmoved: set[str] = set()
        for serial, pieces in by_serial.items():
            owners = await self._trackers.see(serial, sum(len(fixes) for _, fixes in pieces))
            if not owners:
                continue
            roll = await asyncio.to_thread(assigned_roll, serial, owners, self._folders, races)
            if nobodys := sum(len(_shares(roll, fixes).get(None, ())) for _, fixes in pieces):
                await self._trackers.see(serial, nobodys, owners)
            moved = (moved_items(roll, fixes, item.priority) for item, fixes in pieces)
            if not await self._takes(queue, list(chain.from_iterable(moved))):
                unmoved.update(item.member for item, _ in pieces)
        return frozenset(unmoved)

    async def _takes(self, queue: str, items: Sequence[NewItem]) -> bool:
        try:
            await self._queue.enqueue(queue, items)
        except (QueueError, ServerUnavailable) as exc:
            # Its memory is full, as a rule, and what is acknowledged of the batch makes room.
            _log.error("trackers: points wait queue=%s items=%d reason=%s", queue, len(items), exc)
            return False
        return True


def assigned_roll(
    serial: str, owners: Sequence[Owner], folders: Sequence[Path], races: dict[str, Race | None]
) -> Roll:
    """What was assigned of one tracker, alone. races: those looked for before, by id. Blocks."""
    for owner in owners:
        if owner.race_id not in races:
            races[owner.race_id] = _race(owner.race_id, folders)
    known = {owner.race_id: race for owner in owners if (race := races[owner.race_id]) is not None}
    return Roll(known, {serial: owners})


def _race(race_id: str, folders: Sequence[Path]) -> Race | None:
    """None where its folder is not here, or cannot be read."""
    try:
        return find_race(race_id, folders)
    except (RaceError, FormatError):
        return None


def moved_items(roll: Roll, fixes: Fixes, priority: float) -> list[NewItem]:
    """What may move of a tracker's points, as items of its pilots."""
    return [
        item
        for owner, share in _shares(roll, fixes).items()
        if owner is not None
        for item in pilots_items(roll, owner, share, priority)
    ]


def _shares(roll: Roll, fixes: Fixes) -> Mapping[Owner | None, Fixes]:
    return roll.shares(serial_of(fixes.flight), fixes, senders_race(fixes.flight))


def pilots_items(roll: Roll, owner: Owner, fixes: Fixes, priority: float = LIVE) -> list[NewItem]:
    """A tracker's points as items of its pilot; the same points are the same items.

    priority: of live points they may become initial points, of bulk never.
    """
    moved = fixes.of_flight(owner.flight(fixes.flight.source))
    return [_item(roll, owner, chunk, priority) for chunk in moved.chunks(ITEM_POINTS)]


def _item(roll: Roll, owner: Owner, chunk: Fixes, priority: float) -> NewItem:
    payload = encode(chunk)
    digest = hashlib.blake2b(payload, digest_size=16).hexdigest()
    initial_of = roll.initial_of(owner.race_id, chunk) if priority >= LIVE else ""
    # An id takes 97 bytes at most: 40 of the race, 16 of the bib.
    return NewItem(f"assign:{owner}:{digest}", priority, len(chunk), payload, initial_of)
