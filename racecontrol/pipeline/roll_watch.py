"""The `Roll` as this process knows it: assignments twice a second, race folders every ten.

While the server is away what was seen last stands; race folders are read without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Roll
from racecontrol.formats.racefolder import list_races
from racecontrol.pipeline.recurring import Recurring
from racecontrol.server.client import ServerClient
from racecontrol.state.trackers import Trackers

EVERY_S: Final = 0.5
FOLDERS_EVERY_S: Final = 10.0


class RollWatch(Recurring):
    """Keeps `roll` up to date while the block runs."""

    def __init__(self, client: ServerClient, folders: Sequence[Path], clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__(EVERY_S)
        self.roll = Roll()
        self._trackers = Trackers(client)
        self._folders = folders
        self._clock = clock
        self._read_s = 0.0

    async def __aenter__(self) -> Self:
        """Reads all of it once. Cost: one round trip, and some ms a race in a thread."""
        await self._read_folders()
        await self.take_turn()
        return await super().__aenter__()

    async def _turn(self) -> None:
        if self._clock.monotonic_s() - self._read_s >= FOLDERS_EVERY_S:
            await self._read_folders()
        self.roll = Roll(self.roll.races, await self._trackers.assignments())

    async def _read_folders(self) -> None:
        self._read_s = self._clock.monotonic_s()
        found, _ = await asyncio.to_thread(list_races, self._folders)
        races: dict[str, Race] = {}
        for race in found:
            races.setdefault(race.race_id, race)
        self.roll = Roll(races, self.roll.assignments)
