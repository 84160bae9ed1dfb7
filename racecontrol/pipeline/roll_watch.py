"""The `Roll` as this process knows it: assignments twice a second, race folders every ten.

While the server is away what was seen last stands; race folders are read without it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.race import Race
from racecontrol.domain.roll import Roll
from racecontrol.errors import QueueError, ServerUnavailable
from racecontrol.formats.racefolder import list_races
from racecontrol.pipeline.waiting import nap
from racecontrol.server.client import ServerClient
from racecontrol.state.trackers import Trackers

EVERY_S: Final = 0.5
FOLDERS_EVERY_S: Final = 10.0


class RollWatch:
    """Keeps `roll` up to date while the block runs."""

    def __init__(self, client: ServerClient, folders: Sequence[Path], clock: Clock = SYSTEM_CLOCK) -> None:
        self.roll = Roll()
        self._trackers = Trackers(client)
        self._folders = folders
        self._clock = clock
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Reads all of it once. Cost: one round trip, and some ms a race in a thread."""
        await self._read_folders()
        await self.look()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._task is not None:
            await self._task

    async def look(self) -> None:
        """Ask the server now. Cost: one round trip. Where the server is away, what was known stands."""
        with suppress(ServerUnavailable, QueueError):
            self.roll = Roll(self.roll.races, await self._trackers.assignments())

    async def _run(self) -> None:
        read_s = self._clock.monotonic_s()
        while not self._closing.is_set():
            await nap(EVERY_S, until=self._closing)
            if self._clock.monotonic_s() - read_s >= FOLDERS_EVERY_S:
                await self._read_folders()
                read_s = self._clock.monotonic_s()
            await self.look()

    async def _read_folders(self) -> None:
        found, _ = await asyncio.to_thread(list_races, self._folders)
        races: dict[str, Race] = {}
        for race in found:
            races.setdefault(race.race_id, race)
        self.roll = Roll(races, self.roll.assignments)
