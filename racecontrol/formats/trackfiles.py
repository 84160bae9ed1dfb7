"""Which track file of a race folder is whose. Nothing outside the folder is ever opened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from racecontrol.domain.race import Pilot, Problem
from racecontrol.domain.text import clean_text
from racecontrol.formats.roster import FILE_CELLS, PILOTS_FILE, RosterRow

TRACKS_FOLDER: Final = "tracks"

_TRACK_NAME: Final = re.compile(r"(.+?)\.igc(?:\.gz)?", re.IGNORECASE)


def match_tracks(folder: Path, rows: Sequence[RosterRow]) -> tuple[tuple[Pilot, ...], tuple[Problem, ...]]:
    """The pilots with their track files, and what did not fit.

    A file is a pilot's if the pilot list names it; else, for a pilot without one named, if its stem is the
    bib or one of the trackers.
    """
    matcher = _Matcher(folder)
    named = {row.pilot.bib: tuple(matcher.named(row)) for row in rows}
    pilots = tuple(
        replace(row.pilot, tracks=named[row.pilot.bib] if row.files else tuple(matcher.by_stem(row.pilot)))
        for row in rows
    )
    return pilots, (*matcher.problems, *matcher.left_over())


def track_stem(name: str) -> str | None:
    """The stem of a track file's name; None for a file that is no track."""
    match = _TRACK_NAME.fullmatch(name)
    return match[1] if match else None


def shown_name(path: Path) -> str:
    """The name of a track file as the pilot list gives it and screens show it: cleaned."""
    return clean_text(path.name, FILE_CELLS)


class _Matcher:
    """The track files of one folder, given away one by one."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[Problem] = []
        self._race = folder.name
        self._is_readable = True
        tracks = folder / TRACKS_FOLDER
        # Path.resolve raises at a link that leads to itself.
        inside = Path(os.path.realpath(tracks))
        self._paths: dict[str, Path] = {}
        self._owners: dict[str, str] = {}
        if not inside.is_relative_to(Path(os.path.realpath(folder))):
            self._tell(TRACKS_FOLDER, "leads out of the race folder", "copy the tracks into it")
            return
        for path in self._listed(tracks):
            name = shown_name(path)
            if track_stem(name) is None:
                continue
            if Path(os.path.realpath(path)).is_relative_to(inside):
                self._paths.setdefault(name, path)
            else:
                self._tell(f"{TRACKS_FOLDER}/{name}", "leads out of the race folder", "copy the file into it")

    def _listed(self, tracks: Path) -> list[Path]:
        try:
            return sorted(tracks.iterdir())
        except FileNotFoundError:
            return []
        except OSError as exc:
            # One line for the folder, not one for each track that is named to be in it.
            self._is_readable = False
            what = f"cannot be read ({exc.strerror or exc})"
            self._tell(TRACKS_FOLDER, what, "check the folder and its permissions")
            return []

    def named(self, row: RosterRow) -> Iterator[Path]:
        """The files that the pilot list names for a pilot."""
        bib = row.pilot.bib
        for name in row.files if self._is_readable else ():
            where = f"{TRACKS_FOLDER}/{name}"
            if name not in self._paths:
                what, advice = (
                    f"{name!r} is no track in {TRACKS_FOLDER}/",
                    "put the file there, or mend its name",
                )
                list_name = clean_text(f"{self._race}/{PILOTS_FILE}", 120)
                self.problems.append(Problem(what, list_name, row.line, advice, bib))
            elif (owner := self._owners.setdefault(name, bib)) != bib:
                self._tell(where, f"is the track of bib {owner} already", "a track is one pilot's", bib)
            else:
                yield self._paths[name]

    def by_stem(self, pilot: Pilot) -> Iterator[Path]:
        """The files that are called like the pilot's bib or a tracker of the pilot."""
        wanted = {pilot.bib.casefold(), *(serial.casefold() for serial in pilot.trackers)}
        for name, path in self._paths.items():
            stem = (track_stem(name) or "").casefold()
            if name not in self._owners and stem in wanted:
                self._owners[name] = pilot.bib
                yield path

    def left_over(self) -> Iterator[Problem]:
        """A problem for each track that no pilot owns."""
        for name in self._paths:
            if name not in self._owners:
                yield self._problem(f"{TRACKS_FOLDER}/{name}", "belongs to no pilot", "name it in pilots.csv")

    def _tell(self, where: str, what: str, advice: str, bib: str = "") -> None:
        self.problems.append(self._problem(where, what, advice, bib))

    def _problem(self, where: str, what: str, advice: str, bib: str = "") -> Problem:
        return Problem(what, clean_text(f"{self._race}/{where}", 120), None, advice, bib)
