"""What fills a `PilotBoard`, in threads: the race folder's tracks, the store's flights."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from racecontrol.control.pilots import PilotBoard, judge
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import Race
from racecontrol.errors import RaceControlError
from racecontrol.formats.racefolder import read_pilot_track
from racecontrol.store.base import Store


class PilotReader:
    """Reads for one board. Every method may be cancelled between two reads."""

    def __init__(self, race: Race, board: PilotBoard, store: Store) -> None:
        self._race = race
        self._board = board
        self._store = store

    async def read_tracks(self) -> None:
        """Read the race folder's tracks, one after the other, and judge who is ready.

        Cost: some 10 ms a pilot, in a thread; the screen is drawn in between.
        """
        tracks: dict[str, Fixes] = {}
        rejected: dict[str, str] = {}
        for pilot in self._race.pilots:
            if not pilot.tracks:
                continue
            try:
                track = await asyncio.to_thread(read_pilot_track, self._race, pilot)
            except RaceControlError as exc:
                rejected[pilot.bib] = str(exc)
            else:
                tracks[pilot.bib] = track.fixes
        self._board.take_tracks(await asyncio.to_thread(judge, self._race, tracks), rejected)

    async def read_flights(self) -> None:
        """Take over the store's newest fixes. Raises: StoreError. Cost: one query, 1 ms of a thread."""
        self._board.take_flights(await asyncio.to_thread(self._store.flights, self._race.race_id))

    async def read_silent(self, flights: Mapping[str, str]) -> None:
        """Judge pilots who fell silent by their stored tracks. flights: flight id by bib.

        Raises: StoreError. Cost: some 10 ms a pilot, in a thread.
        """
        for bib, flight_id in flights.items():
            fixes = await asyncio.to_thread(self._store.track, flight_id)
            if fixes is not None:
                self._board.take_silent_track(bib, fixes)
