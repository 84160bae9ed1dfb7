"""Makes a race folder out of a competition's own files: the FSDB of its scoring and a folder of tracks.

It is built beside its place and moved there whole, so a broken import leaves nothing behind.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from racecontrol.domain.clock import utc
from racecontrol.domain.race import Pilot, Problem, Race
from racecontrol.domain.text import clean_name
from racecontrol.errors import FormatError, RaceError
from racecontrol.formats.fsdb import Competition, FsdbTask, read_fsdb
from racecontrol.formats.racefolder import RACE_ID_ADVICE, is_race_id, open_race, write_race
from racecontrol.formats.track_owner import folded, is_named_after
from racecontrol.formats.track_source import collect_tracks
from racecontrol.formats.trackfiles import TRACKS_FOLDER


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import. into: the folder of race folders. task: its name or id in the FSDB.

    tracks: a folder or an archive. gate: which start gate is the gun, from 1. zone: IANA name, "" for the
    competition's offset. is_forced: an existing race of this id is replaced.
    """

    race_id: str
    fsdb: Path
    task: str
    tracks: Path
    into: Path
    gate: int = 1
    zone: str = ""
    is_forced: bool = False


def import_race(request: ImportRequest) -> Race:
    """Make the race folder and open it. Its problems begin with those of the FSDB file and the tracks.

    Raises: FormatError; RaceError where the race exists already or cannot be written.
    """
    if not is_race_id(request.race_id):
        raise RaceError(f"{clean_name(request.race_id)!r} is no race id", advice=f"use {RACE_ID_ADVICE}")
    place = request.into / request.race_id
    if os.path.lexists(place) and not request.is_forced:
        raise RaceError(
            f"race {request.race_id} exists in {request.into}", advice="add --force to replace it"
        )
    competition = read_fsdb(request.fsdb)
    task = competition.task(request.task)
    try:
        request.into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".import-", dir=request.into) as workshop:
            built = Path(workshop) / request.race_id
            problems = _build(request, competition, task, built)
            open_race(built)
            _move_in(built, place, Path(workshop) / "replaced")
    except OSError as exc:
        raise RaceError(
            f"cannot write the race folder {place} ({exc.strerror or exc})",
            advice="give a folder that you may write to with --races or --data-dir",
        ) from exc
    race = open_race(place)
    return replace(race, problems=(*competition.problems, *problems, *race.problems))


def _build(
    request: ImportRequest, competition: Competition, task: FsdbTask, folder: Path
) -> tuple[Problem, ...]:
    """Build the race folder, and tell what of the tracks was not taken. Raises: FormatError; OSError."""
    if not 1 <= request.gate <= len(task.gates_ms):
        advice = f"task {task.name} has {len(task.gates_ms)}"
        raise FormatError(f"no start gate {request.gate}", path=request.fsdb, advice=advice)
    tracks = folder / TRACKS_FOLDER
    tracks.mkdir(parents=True)
    problems = collect_tracks(request.tracks, tracks)
    pilots = competition.pilots_of(task)
    race = Race(
        race_id=request.race_id,
        name=clean_name(f"{competition.name} · {task.name}"),
        day=utc(task.gates_ms[0]).date(),
        gun_ms=task.gates_ms[request.gate - 1],
        zone=request.zone or _zone_of(competition.utc_offset_min),
        pilots=pilots,
        task=task.task,
    )
    names = sorted(path.name for path in tracks.iterdir())
    owned = _owned(pilots, task, names)
    write_race(race, folder, owned)
    # One line is enough where there is no track at all.
    return (*problems, *(_missing(request, task, owned) if names else ()))


def _missing(request: ImportRequest, task: FsdbTask, owned: Mapping[str, object]) -> Iterator[Problem]:
    """A problem for each pilot whose track FS names, and who has none."""
    for flight in task.flights:
        if flight.track_file and flight.bib not in owned:
            what = f"the track of bib {flight.bib}, {flight.track_file!r}, is not among the tracks"
            advice = "add it and import with --force, or upload it later"
            yield Problem(what, request.fsdb.name, None, advice, flight.bib)


def _move_in(built: Path, place: Path, replaced: Path) -> None:
    if os.path.lexists(place):
        place.rename(replaced)
    built.rename(place)


def _zone_of(offset_min: int) -> str:
    """A zone of fixed offset; there is none for parts of an hour. The signs of these zones are reversed."""
    hours, minutes = divmod(offset_min, 60)
    return f"Etc/GMT{-hours:+d}" if hours and not minutes and -12 <= hours <= 14 else "UTC"


def _owned(pilots: Sequence[Pilot], task: FsdbTask, names: Sequence[str]) -> dict[str, list[str]]:
    """The track files of each pilot: as FS names them, else by a stem that is the bib or holds the name."""
    left = {folded(name): name for name in names}
    named = {flight.bib: folded(flight.track_file) for flight in task.flights if flight.track_file}
    owned = {bib: [left.pop(name)] for bib, name in named.items() if name in left}
    for pilot in pilots:
        if pilot.bib not in owned:
            found = [name for name in left if is_named_after(pilot, name)]
            if len(found) == 1:
                owned[pilot.bib] = [left.pop(found[0])]
    return owned
