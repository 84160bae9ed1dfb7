"""Whose trackers there are: the rosters of all race folders, read again as they change.

While a folder cannot be read, what was read last stands.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from racecontrol.domain.race import Race
from racecontrol.formats.racefolder import list_races
from racecontrol.pipeline.waiting import nap

EVERY_S: Final = 5.0
"""A pilot list that was mended is in use after this."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owner:
    """A pilot who carries a tracker, in the race that this is about."""

    race: Race
    bib: str


class Rosters:
    """The races and their trackers, while the block runs."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._races: Mapping[str, Race] = {}
        self._owners: Mapping[str, Sequence[Owner]] = {}
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def race(self, race_id: str) -> Race | None:
        """The race of this id, as it was read last."""
        return self._races.get(race_id)

    def owner(self, serial: str, near_ms: int, race_id: str = "") -> Owner | None:
        """Who carries the tracker: of this race, or of the one whose gun is nearest to near_ms (UTC)."""
        owners = [one for one in self._owners.get(serial, ()) if race_id in ("", one.race.race_id)]
        return min(owners, key=lambda one: abs(one.race.gun_ms - near_ms), default=None)

    async def __aenter__(self) -> Self:
        await self._read()
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while not self._closing.is_set():
            await nap(EVERY_S, until=self._closing)
            await self._read()

    async def _read(self) -> None:
        try:
            races, _ = await asyncio.to_thread(list_races, self._folders)
        except OSError as exc:
            _log.warning("rosters: cannot be read reason=%s", exc)
            return
        owners: dict[str, list[Owner]] = {}
        for race in races:
            for serial, bib in race.roster.items():
                owners.setdefault(serial, []).append(Owner(race, bib))
        self._races, self._owners = {race.race_id: race for race in races}, owners
