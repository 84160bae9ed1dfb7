"""Race folders: one folder a race, named by its id, that can be copied, versioned and sent by mail.

    R42/race.toml     name, gun (a moment with its offset), zone (IANA name), date
    R42/pilots.csv    the pilot list
    R42/task.xctsk    the course, if there is one
    R42/tracks/       IGC files

A race opens with the pilots that can be read; everything else is a Problem that names file and line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import racecontrol
from racecontrol.domain.fixes import Flight
from racecontrol.domain.race import Pilot, Problem, Race
from racecontrol.domain.roll import TRACKER
from racecontrol.domain.task import Task
from racecontrol.domain.text import clean_name
from racecontrol.domain.track import Track
from racecontrol.errors import FormatError, RaceError
from racecontrol.formats.igc import open_igc
from racecontrol.formats.igc_merge import IgcFile, merge_igc
from racecontrol.formats.race_toml import HEAD_ADVICE, RACE_FILE, read_head, write_head
from racecontrol.formats.roster import PILOTS_FILE, read_roster, write_roster
from racecontrol.formats.trackfiles import TRACKS_FOLDER, match_tracks, shown_name
from racecontrol.formats.xctsk import read_task, write_xctsk
from racecontrol.settings import Settings

TASK_FILE: Final = "task.xctsk"

_RACE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
"""A race id is part of file names and of the server's keys."""

RACE_ID_ADVICE: Final = f"at most 40 letters, digits, - and _, and not {TRACKER!r}"

_PACKAGE: Final = Path(racecontrol.__file__).parent
_SHIPPED: Final = (_PACKAGE / "_fixtures", _PACKAGE.parent / "fixtures")
"""The races that come with the project: inside a wheel, and beside the package in its repository."""


def is_race_id(text: str) -> bool:
    """Whether this can be the id of a race: letters, digits, - and _, at most 40, no sign first.

    `tracker` is none: flights of trackers that nobody owns are named tracker/SERIAL.
    """
    return _RACE_ID.fullmatch(text) is not None and text.lower() != TRACKER


def open_race(folder: Path) -> Race:
    """Open a race folder with the pilots that can be read. No track is read yet.

    Raises: RaceError for no such race folder, FormatError where race.toml or the whole pilot list is
    unreadable.
    """
    if not is_race_id(folder.name):
        raise RaceError(f"{folder.name!r} is no race id", advice=f"name the folder with {RACE_ID_ADVICE}")
    if not _is_there(folder / RACE_FILE):
        raise RaceError(f"no race in {folder}: it has no {RACE_FILE}", advice=HEAD_ADVICE)
    head = read_head(folder)
    roster = read_roster(folder / PILOTS_FILE, f"{folder.name}/{PILOTS_FILE}")
    pilots, track_problems = match_tracks(folder, roster.rows)
    task, task_problems = _read_task(folder)
    problems = (*head.problems, *roster.problems, *track_problems, *task_problems)
    return replace(head, pilots=pilots, task=task, problems=problems)


def race_folders(settings: Settings) -> tuple[Path, ...]:
    """Where races are looked for: first in --races or the site's, then in those shipped with the project."""
    own = settings.races or (settings.site_races,)
    return (*own, *(folder for folder in _SHIPPED if folder.is_dir()))


def lost_folders(folders: Sequence[Path]) -> list[str]:
    """Which of these cannot be searched for races, each with the reason."""
    lost = []
    for folder in folders:
        try:
            os.scandir(folder).close()
        except OSError as exc:
            lost.append(f"races: no race can be found in {folder} ({exc.strerror or exc})")
    return lost


def find_race(race_id: str, folders: Sequence[Path]) -> Race:
    """Open the race of this id from the first folder that has it.

    Raises: RaceError naming the races there are and where it looked; as `open_race`.
    """
    homes = [folder / race_id for folder in folders] if is_race_id(race_id) else []
    homes = [home for home in homes if os.path.lexists(home)]
    if homes:
        # A folder without race.toml stands back, and is told of where there is no other.
        return open_race(min(homes, key=lambda home: not _is_there(home / RACE_FILE)))
    known = ", ".join(sorted({path.name for path in _candidates(folders) if is_race_id(path.name)})) or "none"
    looked = ", ".join(map(str, folders)) or "nowhere"
    raise RaceError(f"no race {clean_name(race_id)!r} in {looked}", advice=f"the races there are: {known}")


def list_races(folders: Sequence[Path]) -> tuple[tuple[Race, ...], tuple[Problem, ...]]:
    """Every race by id, and those that cannot be opened; of one id, the first folder's stands."""
    races: dict[str, Race] = {}
    problems: dict[str, Problem] = {}
    for path in _candidates(folders):
        if path.name in races or path.name in problems:
            continue
        try:
            races[path.name] = open_race(path)
        except FormatError as exc:
            problems[path.name] = _problem_of(exc)
        except RaceError as exc:
            problems[path.name] = Problem(exc.what, clean_name(path.name), None, exc.advice)
    return tuple(races[race_id] for race_id in sorted(races)), tuple(problems.values())


def _candidates(folders: Sequence[Path]) -> list[Path]:
    return [path for folder in folders for path in _entries(folder) if _is_there(path / RACE_FILE)]


def _entries(folder: Path) -> list[Path]:
    """What is in a folder of races; nothing where it cannot be looked into."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_there(path: Path) -> bool:
    """Whether there is something of this name, of whatever kind, or its folder does not let us see."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def write_race(race: Race, folder: Path, files: Mapping[str, Sequence[str]]) -> None:
    """Write race.toml, pilots.csv and task.xctsk into `folder`, and make its tracks/.

    files: names of track files in tracks/ by bib; the caller puts them there.
    Raises: RaceError where the folder cannot be written.
    """
    try:
        (folder / TRACKS_FOLDER).mkdir(parents=True, exist_ok=True)
        (folder / RACE_FILE).write_text(write_head(race), encoding="utf-8")
        rows = write_roster((pilot, files.get(pilot.bib, ())) for pilot in race.pilots)
        (folder / PILOTS_FILE).write_text(rows, encoding="utf-8")
        if race.task is not None:
            (folder / TASK_FILE).write_text(write_xctsk(race.task), encoding="utf-8")
    except OSError as exc:
        what = f"cannot write the race folder {folder} ({exc.strerror or exc})"
        raise RaceError(what, advice="give a folder that you may write to, on a disk with space") from exc


def read_pilot_track(race: Race, pilot: Pilot) -> Track:
    """Read all files of a pilot as one track; a file that cannot be read is told in `problems`.

    Raises: RaceError for a pilot without a file, FormatError where no file of the pilot can be read.
    """
    flight = Flight(race.flight_id(pilot.bib), race.race_id, pilot.bib, "igc")
    files: list[IgcFile] = []
    faults: list[FormatError] = []
    for path in pilot.tracks:
        try:
            files.append(open_igc(path, name=f"{race.race_id}/{TRACKS_FOLDER}/{shown_name(path)}"))
        except FormatError as exc:
            faults.append(exc)
    if not files:
        raise faults[0] if faults else RaceError("no track file", advice="download the tracker")
    track = merge_igc(files, flight)
    return replace(track, problems=tuple(_problem_of(fault, pilot.bib) for fault in faults))


def _read_task(folder: Path) -> tuple[Task | None, tuple[Problem, ...]]:
    path = folder / TASK_FILE
    if not _is_there(path):
        return None, ()
    try:
        return read_task(path, f"{folder.name}/{TASK_FILE}"), ()
    except FormatError as exc:
        return None, (_problem_of(exc),)


def _problem_of(fault: FormatError, bib: str = "") -> Problem:
    what = f"[{fault.field}] {fault.reason}" if fault.field else fault.reason
    return Problem(what, str(fault.path or ""), fault.line, fault.advice, bib)
