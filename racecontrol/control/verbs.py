"""The only verbs a screen may call, and what the commands call too: start, recall, mode, replay, export."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Final

from racecontrol.control.mode import switch_competition
from racecontrol.control.queue_verbs import QueueVerbs
from racecontrol.control.replay_process import replay_in_process
from racecontrol.control.site import Site, open_site
from racecontrol.control.trackers import Assigned, TrackerVerbs
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.domain.race import Race
from racecontrol.formats.racefolder import race_folders
from racecontrol.pipeline.export import export_race
from racecontrol.pipeline.replay import ReplayReport
from racecontrol.pipeline.report import OnProgress, RecallReport, StartReport
from racecontrol.pipeline.start import RaceStart
from racecontrol.settings import Settings, load_settings
from racecontrol.state.sos import SosCalls
from racecontrol.store.reports import Report, ReportSpan
from racecontrol.telemetry.snapshot import ModeView

REPORT_MS: Final = 3_600_000
"""How far the report of a screen looks back: the last hour, as that of the command line."""

logger = logging.getLogger(__name__)


class RaceVerbs(QueueVerbs):
    """What the site's operator can do to one race, and to the queues it goes through."""

    def __init__(self, site: Site, race: Race) -> None:
        super().__init__(site)
        self._site = site
        self._race = race
        self._operator = site.operator
        folders = race_folders(site.settings)
        self._start = RaceStart(race, self._operator, site.queue, site.races, site.safety.is_durable, folders)

    async def start(
        self, on_progress: OnProgress | None = None, *, seen_pass: int | None = None
    ) -> StartReport:
        """Queue every pilot's initial points at priority 1000. As `RaceStart.start`."""
        return await self._start.start(on_progress, seen_pass=seen_pass)

    async def recall(self, *, seen_pass: int | None = None) -> RecallReport:
        """Withdraw what was not served, and begin a new pass. As `RaceStart.recall`."""
        return await self._start.recall(seen_pass=seen_pass)

    async def set_competition(self, is_on: bool) -> ModeView:
        """Turn competition mode on or off, for every process of the site. Raises: ServerUnavailable."""
        mode = await switch_competition(self._site, is_on, self._operator)
        return ModeView(mode.is_competition, mode.operator, mode.since_ms)

    async def replay(self, speed: float | None) -> ReplayReport:
        """Play the tracks after the gun in, in a process of its own. As `replay_in_process`."""
        return await replay_in_process(self._site.settings, self._race.race_id, speed)

    async def stop_replay(self) -> bool:
        """End the race's replay, whoever plays it; whether there was one. Raises: ServerUnavailable."""
        return await self._site.replays.end(self._race.race_id, self._operator)

    async def export(self, folder: Path, file_format: str) -> list[Path]:
        """Write every stored track of the race into `folder`. As `export_race`."""
        names = {pilot.bib: pilot.name for pilot in self._race.pilots}
        report = await asyncio.to_thread(
            export_race, self._site.store, self._race.race_id, folder, file_format, pilot_names=names
        )
        return [track.path for track in report.tracks]

    async def acknowledge_sos(self, race_id: str, bib: str) -> bool:
        """Take a call for help down, for every desk; whether one waited. Raises: ServerUnavailable."""
        return await SosCalls(self._site.client).acknowledge(race_id, bib, self._operator)

    async def assign_tracker(self, serial: str, bib: str) -> Assigned:
        """Give a tracker that nobody owns to a pilot of the race. As `TrackerVerbs.assign`."""
        return await TrackerVerbs(self._site).assign(serial, bib, self._race.race_id)

    async def operations(self) -> Report:
        """The operations of the last hour, of all races. Raises: StoreError."""
        now_ms = SYSTEM_CLOCK.now_ms()
        return await asyncio.to_thread(self._site.store.report, ReportSpan(now_ms - REPORT_MS, now_ms))


async def handle_competition_start(race_id: str, settings: Settings | None = None) -> StartReport:
    """Start a race from a program of one's own: the name under which the system before had it.

    settings: of the site; from the environment and racecontrol.toml where not given.
    Raises: as `RaceStart.start` and `open_site`; RaceError where there is no such race.
    """
    async with open_site(settings or load_settings({}), warn=logger.warning) as site:
        return await RaceVerbs(site, site.race(race_id)).start()
