"""Replay: plays a race's tracks after the gun into the queue, as live trackers would send them.

The race's own clock runs `speed` times as fast as the wall's; each step sends every pilot's fixes
of the race time that went by, one item a pilot, through the same queue and workers as live points.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE, LIVE_POINTS
from racecontrol.domain.race import Pilot, Race, RaceState
from racecontrol.errors import RaceControlError, RaceStateError
from racecontrol.formats.racefolder import read_pilot_track
from racecontrol.pipeline.waiting import nap
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.state.races import Races
from racecontrol.state.replay import Replays

STEP_S = 1.0
"""Wall seconds between two sends: what live trackers at 1 Hz do."""

FULL_SPEED_STEP_MS = 60_000
"""Race time in one step where nothing is waited for: 60 fixes an item of a 1 Hz logger."""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay played in. until_ms: race time, UTC; is_complete: no track had more."""

    race: str
    flights: int
    points: int
    items: int
    until_ms: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Replay:
    """Playing one race for one operator."""

    race: Race
    operator: str
    queue: PriorityQueue
    races: Races
    replays: Replays
    clock: Clock = SYSTEM_CLOCK

    async def play(self, speed: float | None, stopping: asyncio.Event | None = None) -> ReplayReport:
        """Play everything after the gun; ends early where somebody ends it or recalls the race.

        speed: race seconds a wall second, None for as fast as it goes. stopping: ends it when set.
        Playing a race again adds nothing to the store.

        Raises: RaceStateError where the race is not running or is being replayed;
        ServerUnavailable.
        """
        status = await self.races.status(self.race.race_id)
        if status.state is not RaceState.RUNNING:
            raise RaceStateError(f"{self.race.race_id} is {status.state}", advice="start the race first")
        token, start_ms = uuid4().hex, self.race.gun_ms + 1000
        await self.replays.begin(self.race.race_id, self.operator, token, start_ms, speed)
        try:
            flights = await after_gun(self.race)
            return await self._play(flights, token, start_ms, speed, stopping or asyncio.Event())
        finally:
            await self.replays.end(self.race.race_id, self.operator, token)

    async def _play(
        self,
        flights: Sequence[Fixes],
        token: str,
        start_ms: int,
        speed: float | None,
        stopping: asyncio.Event,
    ) -> ReplayReport:
        end_ms = max((int(fixes.time_ms[-1]) + 1 for fixes in flights), default=start_ms)
        report = ReplayReport(self.race.race_id, len(flights), 0, 0, start_ms, is_complete=False)
        began_s, step = self.clock.monotonic_s(), 0
        while report.until_ms < end_ms and not stopping.is_set():
            if speed is None:
                until_ms = report.until_ms + FULL_SPEED_STEP_MS
            else:
                step += 1
                await nap(began_s + step * STEP_S - self.clock.monotonic_s(), until=stopping)
                until_ms = start_ms + int((self.clock.monotonic_s() - began_s) * speed * 1000)
            report = await self._send(flights, report, min(until_ms, end_ms), end_ms)
            if not await self.replays.beat(self.race.race_id, token, report.until_ms):
                break
        return report

    async def _send(
        self, flights: Sequence[Fixes], report: ReplayReport, until_ms: int, end_ms: int
    ) -> ReplayReport:
        items = list(_items(self.race.race_id, flights, report.until_ms, until_ms))
        if items:
            await self.queue.enqueue(LIVE_POINTS, items)
        return ReplayReport(
            report.race,
            report.flights,
            report.points + sum(item.points for item in items),
            report.items + len(items),
            until_ms,
            is_complete=until_ms >= end_ms,
        )


async def after_gun(race: Race) -> list[Fixes]:
    """Every readable pilot's fixes after the gun's second, in roster order; none is an empty one."""
    tracks = [await asyncio.to_thread(_after_gun_of, race, pilot) for pilot in race.pilots]
    return [fixes for fixes in tracks if fixes is not None and len(fixes)]


def _after_gun_of(race: Race, pilot: Pilot) -> Fixes | None:
    try:
        fixes = read_pilot_track(race, pilot).fixes
    except RaceControlError:
        return None  # the start has named this pilot
    return fixes.select(slice(len(fixes.before(race.gun_ms + 1000)), len(fixes)))


def _items(race_id: str, flights: Sequence[Fixes], from_ms: int, until_ms: int) -> Iterator[NewItem]:
    for fixes in flights:
        first, last = len(fixes.before(from_ms)), len(fixes.before(until_ms))
        if first < last:
            item_id = f"replay:{race_id}:{uuid4().hex}"
            yield NewItem(item_id, LIVE, last - first, encode(fixes.select(slice(first, last))))
