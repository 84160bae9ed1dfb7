"""Initial points that came over the air, for a start or a restart: kept in the server, beside the queues.

The call that adds an item appends its payload here, so that what is queued is kept. A start gathers
them besides the race folder's files. A finished start leaves one payload a pilot, for the case that
it is recalled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE_POINTS
from racecontrol.errors import PayloadError
from racecontrol.queues.codec import decode, encode
from racecontrol.queues.exchange import exchange
from racecontrol.queues.lua import queue_script
from racecontrol.server import keys
from racecontrol.server.client import ServerClient
from racecontrol.server.scripts import Argument, Call

INITIAL_QUEUES: Final = (LIVE_POINTS, FLYMASTER_POINTS)
"""The queues by which points come before a start."""

_SCAN: Final = 500
"""Payloads asked for at once: some 0.5 MB of 100-point items."""

_TRIM: Final = 1_000
_PAYLOADS: Final = (b"i", b"m")


@dataclass(slots=True)
class InitialOf:
    """Which items of one enqueue call are initial points, and of which races."""

    queue: str
    places: list[str] = field(default_factory=list)
    races: dict[str, int] = field(default_factory=dict)

    def add(self, place: int, race_id: str) -> None:
        """The item at that place of the call is one of that race's."""
        number = self.races.setdefault(race_id, len(self.races) + 1)
        self.places.append(f"{place}:{number}")

    def added_to(self, call: Call) -> Call:
        """The call with what it needs to keep them; the same call where there are none."""
        if not self.places:
            return call
        initial_keys = [keys.initial(self.queue, race_id) for race_id in self.races]
        return replace(call, keys=[*call.keys, *initial_keys], args=[*call.args, " ".join(self.places)])


@dataclass(frozen=True, slots=True)
class KeptInitial:
    """One payload that is kept. place: its queue and field, for `trim`."""

    place: tuple[str, bytes]
    fixes: Fixes


@dataclass(frozen=True, slots=True)
class RaceInitial:
    """What is kept of one race, in no order. left_out: items that found no room; no start gathers them."""

    kept: tuple[KeptInitial, ...]
    left_out: int


class InitialPoints:
    """What is kept of races. Lost replies are asked for again; then every method raises ServerUnavailable."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def read(self, race_id: str) -> RaceInitial:
        """Everything kept of a race. Cost: a round trip for each 500 items of a queue."""
        kept: list[KeptInitial] = []
        left_out = 0
        for queue in INITIAL_QUEUES:
            cursor = b"0"
            while True:
                cursor, flat = await self._run("scan_initial", queue, race_id, (cursor, _SCAN))
                fields = dict(zip(flat[::2], flat[1::2], strict=True))
                left_out += int(fields.get(b"left_out", 0))
                kept += _decoded(queue, fields)
                if cursor == b"0":
                    break
        return RaceInitial(tuple(kept), left_out)

    async def trim(self, race_id: str, merged: Fixes, places: Sequence[tuple[str, bytes]]) -> None:
        """Keep a pilot's merged points in place of the items at `places`; a repeat changes nothing."""
        payload, home = encode(merged), places[0][0]
        for queue in sorted(INITIAL_QUEUES, key=lambda queue: queue != home):
            fields = [name for of_queue, name in places if of_queue == queue]
            for at in range(0, len(fields), _TRIM):
                chunk = fields[at : at + _TRIM]
                # The queue that the first came by holds the merged points; those of the other only go.
                args: tuple[Argument, ...] = (merged.flight.bib, payload if queue == home else b"", *chunk)
                await self._run("trim_initial", queue, race_id, args)

    async def _run(self, name: str, queue: str, race_id: str, args: Sequence[Argument]) -> Any:
        call = queue_script(name).script.call((keys.initial(queue, race_id),), args)
        return (await exchange(self._client, [call])).replies[0]


def _decoded(queue: str, fields: dict[bytes, bytes]) -> list[KeptInitial]:
    found = []
    for name, payload in fields.items():
        if name[:1] not in _PAYLOADS:
            continue
        try:
            found.append(KeptInitial((queue, name), decode(payload)))
        except PayloadError:
            # The same bytes are in the queue, where a worker makes a dead letter of them with its reason.
            continue
    return found
