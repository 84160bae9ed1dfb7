"""Gathering a race's initial points: every pilot's track up to the gun, and who has none and why."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock, iso_utc
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import Pilot, Race
from racecontrol.errors import RaceControlError
from racecontrol.formats.racefolder import read_pilot_track
from racecontrol.pipeline.report import OnProgress, Rejected, StartProgress

_READERS = 2
"""Tracks read at once: while one waits for the disk the other is taken apart."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Every pilot's initial points, and the pilots who have none with the reason; both in roster order."""

    flights: tuple[Fixes, ...]
    rejected: tuple[Rejected, ...]
    gather_ms: float

    @property
    def points(self) -> int:
        return sum(map(len, self.flights))


async def gather(race: Race, on_progress: OnProgress | None = None, clock: Clock = SYSTEM_CLOCK) -> Gathered:
    """Read every pilot's track up to the gun, in threads. A pilot whose data cannot be read is reported."""
    began_s = clock.monotonic_s()
    readers = asyncio.Semaphore(_READERS)
    done = points = 0

    async def read(pilot: Pilot) -> Fixes | Rejected:
        nonlocal done, points
        async with readers:
            found = await asyncio.to_thread(initial_points, race, pilot)
        done += 1
        points += len(found) if isinstance(found, Fixes) else 0
        if on_progress:
            on_progress(StartProgress("gather", done, len(race.pilots), points))
        return found

    async with asyncio.TaskGroup() as group:
        readings = [group.create_task(read(pilot)) for pilot in race.pilots]
    found = [reading.result() for reading in readings]
    return Gathered(
        tuple(one for one in found if isinstance(one, Fixes)),
        tuple(one for one in found if isinstance(one, Rejected)),
        (clock.monotonic_s() - began_s) * 1000,
    )


def initial_points(race: Race, pilot: Pilot) -> Fixes | Rejected:
    """A pilot's initial points out of the race folder, or why there are none."""
    try:
        fixes = read_pilot_track(race, pilot).fixes
    except RaceControlError as exc:
        return Rejected(pilot.bib, str(exc))
    initial = race.initial_points(fixes)
    return initial if len(initial) else Rejected(pilot.bib, _why_none(race, fixes))


def _why_none(race: Race, fixes: Fixes) -> str:
    if not len(fixes):
        return "no fixes: the track is empty"
    first_ms, last_ms = int(fixes.time_ms[0]), int(fixes.time_ms[-1])
    if last_ms < race.gun_ms:
        return f"no fixes on the day of the race: the tracker's clock says {iso_utc(last_ms)}"
    return f"no fixes before the gun: the first is of {iso_utc(first_ms)}"
