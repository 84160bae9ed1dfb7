"""The initial points of one start that came over the air: read before it, trimmed when it has finished."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from racecontrol.domain.fixes import Fixes, Flight, concatenate, in_order
from racecontrol.domain.race import Race
from racecontrol.errors import ServerUnavailable
from racecontrol.pipeline.gather import Gathered
from racecontrol.pipeline.waiting_trackers import waiting_of_trackers
from racecontrol.queues.codec_header import MAX_POINTS
from racecontrol.queues.initial import InitialPoints, KeptInitial
from racecontrol.queues.queue import PriorityQueue

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class LiveInitial:
    """Of one race. by_bib: each pilot's pieces, by time of the first fix. joined: what came of them.

    folders: of other races, whose days points of trackers may be of.
    """

    race: Race
    queue: PriorityQueue
    folders: Sequence[Path] = ()
    by_bib: dict[str, Sequence[Fixes]] = field(default_factory=dict)
    joined: Gathered | None = None
    left_out: int = 0
    _kept: dict[str, list[KeptInitial]] = field(default_factory=dict)

    @property
    def _initial(self) -> InitialPoints:
        return InitialPoints(self.queue.client)

    async def read(self) -> None:
        """Read what the server keeps. Raises: ServerUnavailable."""
        # In this order: what a worker takes out of a queue meanwhile it has put among those kept before.
        waiting = await waiting_of_trackers(self.queue, self.race, self.folders)
        kept: dict[str, list[KeptInitial]] = defaultdict(list)
        found = await self._initial.read(self.race.race_id)
        for one in found.kept:
            if len(one.fixes):
                kept[one.fixes.flight.bib].append(one)
        for pieces in kept.values():
            pieces.sort(key=lambda one: _content(one.fixes))
        self._kept = dict(kept)
        self.by_bib = {
            bib: sorted([*(one.fixes for one in kept.get(bib, ())), *waiting.get(bib, ())], key=_content)
            for bib in kept.keys() | waiting.keys()
        }
        self.left_out = found.left_out

    async def trim(self) -> None:
        """Keep one payload a pilot: all that a restart needs after a recall.

        Half done it has lost nothing, and the next start's trim ends it: the start that has finished
        is not told of it.
        """
        try:
            await self._trim()
        except ServerUnavailable as exc:
            logger.warning("race=%s initial points not trimmed: %s", self.race.race_id, exc)

    async def _trim(self) -> None:
        for bib, kept in self._kept.items():
            flight = Flight(self.race.flight_id(bib), self.race.race_id, bib, kept[0].fixes.flight.source)
            merged = await asyncio.to_thread(_merged, flight, [one.fixes for one in kept])
            if len(merged) > MAX_POINTS:
                continue  # of a 10 Hz logger, say: its items stay as they came
            await self._initial.trim(self.race.race_id, merged, [one.place for one in kept])

    def in_short(self) -> str:
        """For the race log: how many there are, or "" where there are none."""
        said, joined = "", self.joined
        if joined and (joined.live or joined.repeated):
            said = f"; {joined.live:,} of them came by air only, {joined.repeated:,} repeats left out"
        if self.left_out:
            said += f"; {self.left_out:,} items by air found no room to wait in"
        return said


def _content(fixes: Fixes) -> tuple[int, bytes, bytes, bytes]:
    """What pieces are sorted by: of two positions of one time every start has to take the same one, wherever
    the pieces stand by then.
    """
    columns = fixes.time_ms, fixes.lat_e7, fixes.lon_e7
    times, lats, lons = (column.tobytes() for column in columns)
    return int(fixes.time_ms[0]), times, lats, lons


def _merged(flight: Flight, pieces: Sequence[Fixes]) -> Fixes:
    """All of them: those after the gun become initial points when a recall puts it off."""
    return in_order(concatenate([piece.of_flight(flight) for piece in pieces]))
