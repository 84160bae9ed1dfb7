"""Makes an invented race out of its spec: flies the parts, writes them down, soils the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from msgspec import structs

from racecontrol.domain.clock import utc
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.formats.igc_layout import Layout
from racecontrol.synthetic.cast import Entry, entries
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.dirt import nowhere
from racecontrol.synthetic.flight import Path
from racecontrol.synthetic.lines import Line, lines_of
from racecontrol.synthetic.logger import Logger, record
from racecontrol.synthetic.outcome import outcome_of
from racecontrol.synthetic.pilot import Plan, fly
from racecontrol.synthetic.race import RaceSpec, SyntheticPilot, SyntheticRace, TrackFile
from racecontrol.synthetic.roles import DIRT, Role

UNSET_CLOCK_MS: Final = 946_684_800_000
"""2000-01-01T00:00:00Z, what a clock shows that was never set."""

UNSET_JUMP_MS: Final = 52_849_000
"""The jump of the one we have seen, when its receiver found the time of day but not the date."""

UNSET_FIXES: Final = 9
"""Fixes at 0/0 before that jump."""

TWIN_ASIDE_M: Final = 6.0
"""How far two trackers in one bag seem to be apart, before noise."""

OTHER_HEIGHT_M: Final = 7
"""How much higher the second file of a pilot has the same fixes."""

_FLIGHTS: Final = 2
_FILES: Final = 3
"""The streams of chance that paths and files are drawn from."""


def make_race(spec: RaceSpec) -> SyntheticRace:
    """The race of a spec; the same spec makes the same race.

    Raises: ConfigError for fewer pilots than there are odd parts. Cost: about 5 ms a pilot.
    """
    field = entries(spec)
    return SyntheticRace(spec, tuple(_pilot(spec, entry, _path(spec, entry, field)) for entry in field))


def initial_fixes(pilots: int, points: int, seed: int, position_digits: int = 0) -> list[Fixes]:
    """The initial points of a clean race at 1 Hz, for benches: `points` fixes a pilot, the last at the gun.

    position_digits: 0 for the resolution of plain IGC, 2 for that of loggers that write LAD and LOD.
    """
    spec = RaceSpec(seed=seed, pilots=pilots, minutes=0, is_dirty=False, interval_s=1, initial_points=points)
    logger = Logger(interval_s=1, position_digits=position_digits)
    plan = Plan(on_s=1 - points, launch_s=min(-900, -points // 2), until_s=0)
    return [
        record(
            fly(plan, Dice(seed, entry.number, _FLIGHTS)),
            logger,
            _flight(spec, entry),
            spec.gun_ms,
            Dice(seed, entry.number, _FILES),
            0,
        )
        for entry in entries(spec)
    ]


def _path(spec: RaceSpec, entry: Entry, field: Sequence[Entry]) -> Path:
    """The path a pilot's tracker takes: the pilot's own, unless it lies in another pilot's bag."""
    if entry.role is Role.TWIN_OF:
        carrier = next(other for other in field if other.role is Role.TWIN)
        path = _path(spec, carrier, field)
        return replace(path, x_m=path.x_m + TWIN_ASIDE_M)
    return fly(entry.part.plan, Dice(spec.seed, entry.number, _FLIGHTS))


def _pilot(spec: RaceSpec, entry: Entry, path: Path) -> SyntheticPilot:
    part = entry.part
    dice = Dice(spec.seed, entry.number, _FILES)
    until_s = part.plan.until_s if part.silent_s is None else part.silent_s
    fixes = record(path, part.logger, _flight(spec, entry), spec.gun_ms, dice, until_s)
    files = tuple(_files(entry, fixes, dice))
    outcome = outcome_of([file.lines for file in files], fixes.flight)
    return SyntheticPilot(entry.bib, entry.person, entry.tracker, entry.role, files, outcome)


def _flight(spec: RaceSpec, entry: Entry) -> Flight:
    return Flight(f"{spec.race_id}/{entry.bib}", spec.race_id, entry.bib, "igc")


def _files(entry: Entry, fixes: Fixes, dice: Dice) -> list[TrackFile]:
    if entry.role is Role.UNSET_CLOCK:
        return [_with_unset_clock(entry, fixes)]
    clean = _file(entry, fixes)
    match entry.role:
        case Role.NO_DATA:
            return []
        case Role.TWO_FILES_ONE_EMPTY:
            return [_renamed(clean, "1", ()), _renamed(clean, "2", clean.lines)]
        case Role.TWO_FILES_OTHER_HEIGHTS:
            higher = None if fixes.gnss_alt_m is None else fixes.gnss_alt_m + np.int32(OTHER_HEIGHT_M)
            again = _file(entry, structs.replace(fixes, gnss_alt_m=higher))
            return [_renamed(clean, "1", clean.lines), _renamed(again, "2", again.lines)]
    if entry.role in DIRT:
        return [replace(clean, lines=tuple(DIRT[entry.role](list(clean.lines), dice)))]
    return [clean]


def _file(entry: Entry, fixes: Fixes) -> TrackFile:
    layout = Layout(position_digits=entry.part.logger.position_digits)
    return TrackFile(
        name=f"{entry.bib}.igc",
        day=f"{utc(int(fixes.time_ms[0])):%d%m%y}",
        pilot_name=entry.person.name,
        lines=tuple(lines_of(fixes, layout)),
        layout=layout,
        encoding="cp1252" if entry.role is Role.LATIN else "utf-8",
    )


def _renamed(file: TrackFile, part: str, lines: tuple[Line, ...]) -> TrackFile:
    return replace(file, name=file.name.replace(".igc", f"-{part}.igc"), lines=lines)


def _with_unset_clock(entry: Entry, fixes: Fixes) -> TrackFile:
    """From midnight of the year 2000 at 0/0, then a jump to some time of day, still in the year 2000."""
    time_ms = UNSET_CLOCK_MS + fixes.time_ms - fixes.time_ms[0]
    time_ms[UNSET_FIXES:] += UNSET_JUMP_MS
    file = _file(entry, structs.replace(fixes, time_ms=time_ms))
    lines = file.lines
    return replace(file, lines=(*nowhere(list(lines[:UNSET_FIXES])), *lines[UNSET_FIXES:]))
