"""What a screen is given: a feed to look at and verbs to call. Tests of screens give it fakes of these."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from racecontrol.control.queue_verbs import QueueLook
from racecontrol.control.trackers import Assigned
from racecontrol.pipeline.replay import ReplayReport
from racecontrol.pipeline.report import OnProgress, RecallReport, StartReport
from racecontrol.store.reports import Report
from racecontrol.telemetry.snapshot import ModeView, Snapshot


class Feed(Protocol):
    """Where snapshots come from. It keeps the histories, so a change of screen loses nothing."""

    async def tick(self) -> Snapshot:
        """Sample once. Never raises: with the server away, the last known values, marked as such."""


class Verbs(Protocol):
    """All that an operator can do to a race. Each raises RaceControlError with what to do about it."""

    async def start(
        self, on_progress: OnProgress | None = None, *, seen_pass: int | None = None
    ) -> StartReport:
        """Gather every pilot's initial points and queue them at priority 1000.

        seen_pass: the pass that the operator's screen showed; another one refuses.
        """

    async def recall(self, *, seen_pass: int | None = None) -> RecallReport:
        """Withdraw what was not served, and begin a new pass. seen_pass: as in `start`."""

    async def set_competition(self, is_on: bool) -> ModeView:
        """Turn competition mode on or off, for every process of the site."""

    async def replay(self, speed: float | None) -> ReplayReport:
        """Play the rest of the tracks in, `speed` times as fast as flown; None for as fast as it goes.

        Returns when the tracks or the replay end.
        """

    async def stop_replay(self) -> bool:
        """End the replay, whoever plays it; what was played in stays. Whether there was one."""

    async def export(self, folder: Path, file_format: str) -> list[Path]:
        """Write every stored track of the race as igc, csv, geojson or parquet files into `folder`."""

    async def look(self, queue: str) -> QueueLook:
        """The head of a queue and its dead letters."""

    async def pause(self, queue: str, is_paused: bool) -> None:
        """Lease nothing more out of a queue, in any process, or go on."""

    async def revive(self, queue: str, members: Sequence[str]) -> int:
        """Put dead letters back in their old place; how many were dead still."""

    async def purge(self, queue: str, members: Sequence[str]) -> int:
        """Remove items for good; how many there were still."""

    async def acknowledge_sos(self, race_id: str, bib: str) -> bool:
        """Take a call for help down, for every desk; whether one waited."""

    async def assign_tracker(self, serial: str, bib: str) -> Assigned:
        """Give a tracker that nobody owns to a pilot of the race."""

    async def operations(self) -> Report:
        """The operations of the last hour, of all races."""
