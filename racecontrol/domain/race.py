"""A race: its pilots, its roster, the gun, and the states it goes through.

READY → COUNTDOWN → STARTING → RUNNING → STOPPED. A recall goes back from RUNNING or
STARTING to READY (or COUNTDOWN) with the next pass.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.task import Task

INITIAL_WINDOW_MS = 24 * 3_600_000
"""How long before the gun a fix can be an initial point; the longest tracker had been on for 2 h 15.
A tracker whose clock was never set reports from another day, often 2000-01-01."""

RECALL_WINDOW_MS = 3_600_000
"""By how much a recalled start is put off: minutes as a rule, seldom an hour."""


class RaceState(StrEnum):
    """Where a race stands."""

    READY = "ready"
    COUNTDOWN = "countdown"
    STARTING = "starting"
    RUNNING = "running"
    STOPPED = "stopped"


STARTED = (RaceState.RUNNING, RaceState.STOPPED)


class PilotState(StrEnum):
    """What a pilot's fixes up to now say of the pilot; the worst is listed first on screens."""

    NO_DATA = "no data"
    SILENT = "silent"
    TWIN = "twin"
    LANDED = "landed"
    GROUND = "ground"
    FLYING = "flying"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read, where it stands, and what to do. All text is cleaned.

    path: as the user would name it, or "". line: counted from 1.
    """

    what: str
    path: str = ""
    line: int | None = None
    advice: str = ""
    bib: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line is not None else self.path
        said = f"{place}: {self.what}" if place else self.what
        return f"{said}: {self.advice}" if self.advice else said


@dataclass(frozen=True, slots=True)
class Pilot:
    """A competitor. bib: as printed, unique in the race. trackers: serials. name: cleaned.

    tracks: the IGC files of this pilot in the race folder, usually one, none before a download.
    started_ms: the official start, UTC; None before scoring has told it.
    """

    bib: str
    name: str
    trackers: tuple[str, ...] = ()
    nation: str = ""
    tracks: tuple[Path, ...] = ()
    started_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Race:
    """One day's competition flight, as its folder tells it.

    gun_ms: UTC ms of the start gate. zone: IANA name, for screens only. pilots: in the order of
    the roster's file. problems: what could not be read; the race opens with the pilots that can.
    """

    race_id: str
    name: str
    day: date
    gun_ms: int
    zone: str
    pilots: tuple[Pilot, ...]
    task: Task | None = None
    folder: Path | None = None
    problems: tuple[Problem, ...] = field(default=())

    def flight_id(self, bib: str) -> str:
        """The id under which a pilot's points from this race's folder are stored."""
        return f"{self.race_id}/{bib}"

    def initial_points(self, fixes: Fixes) -> Fixes:
        """The fixes whose whole second is at or before the gun, and not older than INITIAL_WINDOW_MS."""
        until_gun = fixes.before(self.gun_ms + 1000)
        too_old = len(until_gun.before(self.gun_ms - INITIAL_WINDOW_MS))
        return until_gun.select(slice(too_old, len(until_gun)))

    def why_no_initial_points(self, fixes: Fixes) -> str:
        """What of a track that has no initial points tells why."""
        if not len(fixes):
            return "no fixes: the track is empty"
        first_ms, last_ms = int(fixes.time_ms[0]), int(fixes.time_ms[-1])
        if last_ms < self.gun_ms:
            return f"no fixes on the day of the race: the tracker's clock says {iso_utc(last_ms)}"
        return f"no fixes before the gun: the first is of {iso_utc(first_ms)}"

    def may_be_initial(self, fixes: Fixes | FewFixes) -> bool:
        """Some of these are initial points, or would be if a recall put the gun off by RECALL_WINDOW_MS."""
        latest_ms = self.gun_ms + RECALL_WINDOW_MS
        earliest_ms = self.gun_ms - INITIAL_WINDOW_MS
        return bisect_left(fixes.time_ms, latest_ms) > bisect_left(fixes.time_ms, earliest_ms)

    @property
    def roster(self) -> Mapping[str, str]:
        """Tracker serial to bib."""
        return {serial: pilot.bib for pilot in self.pilots for serial in pilot.trackers}
