"""Gathering a race's initial points: every pilot's track up to the gun, and who has none and why."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes, Flight, concatenate, in_order
from racecontrol.domain.race import Pilot, Race
from racecontrol.errors import RaceControlError
from racecontrol.formats.racefolder import read_pilot_track
from racecontrol.pipeline.report import OnProgress, Rejected, StartProgress

_READERS = 2
"""Tracks read at once: while one waits for the disk the other is taken apart."""


NO_LIVE: Final[Mapping[str, Sequence[Fixes]]] = MappingProxyType({})
"""Nothing came over the air."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every pilot's initial points, and the pilots who have none with the reason; both in roster order.

    live: points that came over the air only. repeated: those whose time another point had already, in
    the file or in an earlier message; the file's stands.
    """

    flights: tuple[Fixes, ...]
    rejected: tuple[Rejected, ...]
    gather_ms: float
    live: int = 0
    repeated: int = 0

    @property
    def points(self) -> int:
        return sum(map(len, self.flights))


@dataclass(frozen=True, slots=True)
class _Found:
    """A pilot's initial points, or why there are none; live, repeated: as in `Gathered`."""

    what: Fixes | Rejected
    live: int = 0
    repeated: int = 0


async def gather(
    race: Race,
    on_progress: OnProgress | None = None,
    clock: Clock = SYSTEM_CLOCK,
    live: Mapping[str, Sequence[Fixes]] = NO_LIVE,
) -> Gathered:
    """Read every pilot's track up to the gun, in threads, and join what came over the air. live: by bib.

    A pilot whose data cannot be read is reported, unless there are points that came over the air.
    """
    began_s = clock.monotonic_s()
    readers = asyncio.Semaphore(_READERS)
    done = points = 0

    async def read(pilot: Pilot) -> _Found:
        nonlocal done, points
        async with readers:
            found = await asyncio.to_thread(_found, race, pilot, live.get(pilot.bib, ()))
        done += 1
        points += len(found.what) if isinstance(found.what, Fixes) else 0
        if on_progress:
            on_progress(StartProgress("gather", done, len(race.pilots), points))
        return found

    async with asyncio.TaskGroup() as group:
        readings = [group.create_task(read(pilot)) for pilot in race.pilots]
    found = [reading.result() for reading in readings]
    return Gathered(
        tuple(one.what for one in found if isinstance(one.what, Fixes)),
        tuple(one.what for one in found if isinstance(one.what, Rejected)),
        (clock.monotonic_s() - began_s) * 1000,
        sum(one.live for one in found),
        sum(one.repeated for one in found),
    )


def _found(race: Race, pilot: Pilot, live: Sequence[Fixes]) -> _Found:
    from_file = initial_points(race, pilot)
    if not live:
        return _Found(from_file)
    flight = Flight(race.flight_id(pilot.bib), race.race_id, pilot.bib, live[0].flight.source)
    filed = [from_file] if isinstance(from_file, Fixes) else []
    pieces = [*filed, *(race.initial_points(piece).of_flight(flight) for piece in live)]
    offered = sum(map(len, pieces))
    if not offered:
        return _Found(from_file)
    flight = filed[0].flight if filed else flight
    together = in_order(concatenate([piece.of_flight(flight) for piece in pieces]))
    return _Found(together, len(together) - sum(map(len, filed)), offered - len(together))


def initial_points(race: Race, pilot: Pilot) -> Fixes | Rejected:
    """A pilot's initial points out of the race folder, or why there are none."""
    try:
        fixes = read_pilot_track(race, pilot).fixes
    except RaceControlError as exc:
        return Rejected(pilot.bib, str(exc))
    initial = race.initial_points(fixes)
    return initial if len(initial) else Rejected(pilot.bib, race.why_no_initial_points(fixes))
