"""Scoring stored flights again: through the queue into a new version, which is compared with the last.

stored tracks ─► scoring_points (pipelined) ─► workers: a new version ─► validated ─► compared
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.crossing import start_ms
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import NORMAL, SCORING_POINTS
from racecontrol.domain.race import Race
from racecontrol.domain.text import clean_name
from racecontrol.errors import RaceControlError
from racecontrol.pipeline.pieces import pieces_of
from racecontrol.pipeline.uploads import chunk_items
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.base import FlightSummary, Store
from racecontrol.store.bulk import ScoredVersion

_LOOK_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Validation:
    """What one version of a flight says. repairs: fixes left out, since one of their time was there before.

    first_ms, last_ms, start_ms: UTC; start_ms: None for no start, or a race without a course.
    longest_gap_ms: between two fixes.
    """

    points: int
    repairs: int
    first_ms: int
    last_ms: int
    longest_gap_ms: int
    start_ms: int | None


@dataclass(frozen=True, slots=True)
class Rescored:
    """A flight's new version, and the one before, None for the first. A version counts from 1.

    is_complete: the workers have stored all of it. official_start_ms: UTC, of the pilot list; None where
    scoring has told none.
    """

    flight_id: str
    bib: str
    version: int
    validation: Validation | None
    previous: Validation | None
    is_complete: bool
    official_start_ms: int | None

    def changes(self) -> dict[str, tuple[object, object]]:
        """What differs from the version before, by name: before and now."""
        if self.previous is None or self.validation is None:
            return {}
        return {
            name: (before, now)
            for name in (field.name for field in fields(Validation))
            if (before := getattr(self.previous, name)) != (now := getattr(self.validation, name))
        }


@dataclass(slots=True)
class Reprocess:
    """Scores flights of a race again. race: None where its folder is not here: then without starts."""

    race_id: str
    race: Race | None
    queue: PriorityQueue
    store: Store
    clock: Clock = SYSTEM_CLOCK

    async def run(self, only: Collection[str] = ()) -> list[Rescored]:
        """Queue the flights, wait until workers, who must be running, have stored them, and compare.

        only: flight ids or bibs; all flights of the race by default.
        Raises: RaceControlError where nothing is stored of one of them; ServerUnavailable; StoreError.
        """
        flights = self._chosen(await asyncio.to_thread(self.store.flights, self.race_id), only)
        run = f"score:{self.clock.now_ms()}"
        ours: list[str] = []
        await self.queue.enqueue(SCORING_POINTS, self._items(flights, run, ours))
        while ours := await self.queue.waiting(SCORING_POINTS, ours):  # noqa: ASYNC110  (workers decide)
            await asyncio.sleep(_LOOK_S)
        return await asyncio.to_thread(self._compare, flights, run)

    def _chosen(self, flights: Sequence[FlightSummary], only: Collection[str]) -> list[FlightSummary]:
        known = {name for one in flights for name in (one.flight.flight_id, one.flight.bib)}
        missing = [clean_name(name) for name in only if name not in known]
        if missing or not flights:
            whose = f"{', '.join(missing)} in {self.race_id}" if missing else self.race_id
            raise RaceControlError(
                f"nothing is stored of {whose}", advice="see the flights with `export`, or start the race"
            )
        return [one for one in flights if not only or {one.flight.flight_id, one.flight.bib} & set(only)]

    def _items(self, flights: Sequence[FlightSummary], run: str, ids: list[str]) -> Iterator[NewItem]:
        """The flights' items; ids: gets those of all that were given."""
        for one in flights:
            chunk = 0
            for piece in pieces_of(self.store, one.flight.flight_id):
                for item in chunk_items(piece, NORMAL, _run_of(run, one), first_chunk=chunk):
                    ids.append(item.item_id)
                    yield item
                chunk += -(-len(piece) // ITEM_POINTS)

    def _compare(self, flights: Sequence[FlightSummary], run: str) -> list[Rescored]:
        return [self._rescored(one, _run_of(run, one)) for one in flights]

    def _rescored(self, flight: FlightSummary, run: str) -> Rescored:
        versions = self.store.versions(self.race_id, flight.flight.flight_id)
        number = next((number for number, one in enumerate(versions) if one.run == run), len(versions))
        ours, before = versions[number : number + 1], versions[max(0, number - 1) : number]
        return Rescored(
            flight.flight.flight_id,
            flight.flight.bib,
            number + 1,
            self._validation(ours),
            self._validation(before),
            is_complete=bool(ours) and ours[0].points >= flight.points,
            official_start_ms=self._official_start_ms(flight.flight.bib),
        )

    def _official_start_ms(self, bib: str) -> int | None:
        pilots = self.race.pilots if self.race else ()
        return next((pilot.started_ms for pilot in pilots if pilot.bib == bib), None)

    def _validation(self, versions: Sequence[ScoredVersion]) -> Validation | None:
        """Of the one version that is there, if any."""
        return next((validate(self.store.scored(one), one.conflicts, self.race) for one in versions), None)


def validate(fixes: Fixes, conflicts: int, race: Race | None) -> Validation:
    """Look a version of a flight over; it holds one point at least."""
    gaps_ms = np.diff(fixes.time_ms)
    task = race.task if race else None
    return Validation(
        points=len(fixes),
        repairs=conflicts,
        first_ms=int(fixes.time_ms[0]),
        last_ms=int(fixes.time_ms[-1]),
        longest_gap_ms=int(gaps_ms.max()) if len(gaps_ms) else 0,
        start_ms=start_ms(fixes, task, race.gun_ms) if race and task else None,
    )


def _run_of(run: str, flight: FlightSummary) -> str:
    """The run of one flight, short however long the flight's id is."""
    digest = hashlib.blake2b(flight.flight.flight_id.encode(), digest_size=8).hexdigest()
    return f"{run}:{digest}"
