"""Fakes of what a desk is given: a feed that shows what the test sets, and verbs that remember."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from racecontrol.control.queue_verbs import QueueLook
from racecontrol.control.trackers import Assigned
from racecontrol.pipeline.replay import ReplayReport
from racecontrol.pipeline.report import OnProgress, RecallReport, Rejected, StartProgress, StartReport
from racecontrol.store.reports import InsertionReport, MethodReport, PipelineReport, Report, ReportSpan
from racecontrol.telemetry.snapshot import ModeView, Snapshot
from tests.desk.snapshots import make_snapshot


def make_report(**changes: object) -> StartReport:
    """The report of a start of 127 pilots, one of them left out."""
    values: dict[str, object] = {
        "race": "R42",
        "pass_number": 1,
        "operator": "MJ",
        "pilots": 127,
        "flights_queued": 126,
        "points": 426_914,
        "items": 126,
        "rejected": (Rejected("118", "no fix at or before the gun"),),
        "priority": 1000,
        "method": "pipeline",
        "round_trips": 2,
        "gather_ms": 812.4,
        "enqueue_ms": 231.9,
        "durable": True,
    }
    return StartReport(**{**values, **changes})  # type: ignore[arg-type]


def make_operations(*methods: MethodReport) -> Report:
    """The report of an hour."""
    return Report(
        ReportSpan(0, 3_600_000),
        methods,
        (),
        InsertionReport(426_914, 118.6, 212_000.0),
        PipelineReport(1204, 0.81, 0.31, 41.2),
        (),
    )


class FakeClock:
    """A clock that stands until the test moves it."""

    def __init__(self, now_ms: int = 1_779_795_629_000) -> None:
        self.time_ms = now_ms

    def now_ms(self) -> int:
        return self.time_ms

    def monotonic_s(self) -> float:
        return self.time_ms / 1000


class FakeFeed:
    """Answers every tick with `snapshot`; with `error` set, raises it."""

    def __init__(self, snapshot: Snapshot | None = None) -> None:
        self.snapshot = snapshot or make_snapshot()
        self.error: Exception | None = None
        self.ticks = 0

    async def tick(self) -> Snapshot:
        self.ticks += 1
        if self.error is not None:
            raise self.error
        return self.snapshot


@dataclass
class FakeVerbs:
    """Remembers what was called. `error` is raised by every verb; `gate` holds a start until it is set."""

    calls: list[str] = field(default_factory=list)
    error: Exception | None = None
    report: StartReport = field(default_factory=make_report)
    progress: tuple[StartProgress, ...] = ()
    gate: asyncio.Event | None = None
    queue: QueueLook = field(default_factory=QueueLook)
    hour: Report = field(default_factory=lambda: make_operations())

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if self.error is not None:
            raise self.error

    async def start(
        self, on_progress: OnProgress | None = None, *, seen_pass: int | None = None
    ) -> StartReport:
        self.calls.append(f"start {seen_pass}")
        for progress in self.progress:
            if on_progress is not None:
                on_progress(progress)
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return self.report

    async def recall(self, *, seen_pass: int | None = None) -> RecallReport:
        self._called(f"recall {seen_pass}")
        return RecallReport("R42", 2, "MJ", 97, 328_927)

    async def set_competition(self, is_on: bool) -> ModeView:
        self._called(f"competition {is_on}")
        return ModeView(is_on, "MJ", 0)

    async def replay(self, speed: float | None) -> ReplayReport:
        self._called(f"replay {speed}")
        return ReplayReport("R42", 126, 380_112, 3600, 1_779_799_500_000, is_complete=True)

    async def stop_replay(self) -> bool:
        self._called("stop replay")
        return True

    async def export(self, folder: Path, file_format: str) -> list[Path]:
        self._called(f"export {folder} {file_format}")
        return [folder / f"1.{file_format}"]

    async def look(self, queue: str) -> QueueLook:
        if self.error is not None:
            raise self.error
        return self.queue

    async def pause(self, queue: str, is_paused: bool) -> None:
        self._called(f"pause {queue} {is_paused}")

    async def revive(self, queue: str, members: Sequence[str]) -> int:
        return self._removed(f"revive {queue}", members)

    async def purge(self, queue: str, members: Sequence[str]) -> int:
        return self._removed(f"purge {queue}", members)

    def _removed(self, name: str, members: Sequence[str]) -> int:
        self._called(f"{name} {' '.join(member[16:] for member in members)}")
        left = tuple(letter for letter in self.queue.dead if letter.member not in members)
        self.queue = replace(self.queue, dead=left)
        return len(members)

    async def acknowledge_sos(self, race_id: str, bib: str) -> bool:
        self._called(f"acknowledge {race_id} {bib}")
        return True

    async def assign_tracker(self, serial: str, bib: str) -> Assigned:
        self._called(f"assign {serial} {bib}")
        return Assigned(serial, "R42", bib, 120, is_new=True)

    async def operations(self) -> Report:
        self._called("operations")
        return self.hour
