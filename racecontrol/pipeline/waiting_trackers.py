"""Points of trackers that wait in a queue as nobody's, though an operator has said by now whose they are.

A worker takes them to their pilot when it stores them (`tracker_flow`). A start that comes sooner takes
its pilots' from here; what the worker does then adds nothing to them.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Roll, senders_race, serial_of
from racecontrol.errors import PayloadError
from racecontrol.pipeline.tracker_flow import assigned_roll
from racecontrol.queues.codec import decode
from racecontrol.queues.exchange import exchange
from racecontrol.queues.initial import INITIAL_QUEUES
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.trackers import ASSIGNMENTS_READ, assignments_of


async def waiting_of_trackers(
    queue: PriorityQueue, race: Race, folders: Sequence[Path]
) -> dict[str, list[Fixes]]:
    """What waits of trackers that were assigned in the race, by bib. folders: of the other races.

    Raises: ServerUnavailable. Cost: a round trip; with such a tracker one more for each 500 items held, which
    is 0.2 s for 50,000 of 100 points.
    """
    (answer,) = (await exchange(queue.client, [ASSIGNMENTS_READ])).replies
    owners_of = {
        serial: owners
        for serial, owners in assignments_of(answer).items()
        if any(owner.race_id == race.race_id for owner in owners)
    }
    if not owners_of:
        return {}
    payloads = [payload for name in INITIAL_QUEUES for payload in await queue.nobodys(name)]
    races: dict[str, Race | None] = {race.race_id: race}

    def find() -> dict[str, list[Fixes]]:
        rolls = {
            serial: assigned_roll(serial, owners, folders, races) for serial, owners in owners_of.items()
        }
        return _by_bib(race.race_id, rolls, payloads)

    return await asyncio.to_thread(find)


def _by_bib(race_id: str, rolls: Mapping[str, Roll], payloads: Iterable[bytes]) -> dict[str, list[Fixes]]:
    found: dict[str, list[Fixes]] = defaultdict(list)
    for payload in payloads:
        try:
            fixes = decode(payload)
        except PayloadError:
            # A worker makes a dead letter of it, with its reason.
            continue
        serial = serial_of(fixes.flight)
        if serial not in rolls:
            continue
        shares = rolls[serial].shares(serial, fixes, senders_race(fixes.flight))
        for owner, share in shares.items():
            if owner is not None and owner.race_id == race_id:
                found[owner.bib].append(share.of_flight(owner.flight(fixes.flight.source)))
    return found
