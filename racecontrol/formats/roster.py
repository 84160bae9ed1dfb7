"""Pilot lists as CSV: read with whatever separator, encoding and column names people use, written one way.

A bad row is a Problem with its line number; the good rows are kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from racecontrol.domain.clock import iso_utc, to_ms
from racecontrol.domain.race import Pilot, Problem
from racecontrol.domain.text import clean_name, clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.source import MEGABYTE, decode_text, read_source

PILOTS_FILE: Final = "pilots.csv"
"""What it is called in a race folder."""

MOST_BYTES: Final = 4 * MEGABYTE
"""A row takes about 60 bytes; ten thousand entrants fit six times over."""

BIB_PATTERN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,15}")
"""A bib is part of flight ids, file names and screens' first column."""

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_SERIAL_CELLS: Final = 64

FILE_CELLS: Final = 255
"""Terminal cells of a track file's name, as much as file systems allow."""

_ALIASES: Final[Mapping[str, frozenset[str]]] = {
    "bib": frozenset({"bib", "id", "no", "nr", "number", "start number", "pilot id", "competition id"}),
    "name": frozenset({"name", "pilot", "pilot name", "full name", "competitor"}),
    "tracker": frozenset(
        {"tracker", "trackers", "tracker id", "serial", "serials", "device", "device id", "live"}
    ),
    "nation": frozenset({"nation", "nationality", "country", "nat", "nat code 3166 1", "nac"}),
    "official start": frozenset({"official start"}),
    "track": frozenset({"track", "tracks", "file", "files", "track file", "igc", "filename", "tracklog"}),
}
"""Our columns and the headers that stand for them, in lower case with one space for anything else."""


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A pilot as the list gives it. line: counted from 1. files: track files as written, cleaned."""

    line: int
    pilot: Pilot
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """A pilot list, read. rows: in the order of the file, no bib and no tracker twice."""

    rows: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]


def read_roster(source: Path | bytes, name: str = "") -> Roster:
    """Read a pilot list. name: what errors and problems call the file; its own name if not given.

    The first line names the columns; `bib` is needed, `name`, `tracker`, `nation`, `official start` (a moment
    with Z or an offset) and `track` are not.
    Several trackers of a pilot are separated by a space, `|`, `/`, `,` or `;`, several files by `|`.
    Raises: FormatError for a file that cannot be read or has no column of bibs.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    text = decode_text(read_source(source, MOST_BYTES, name)).replace("\0", "")
    problems: list[Problem] = []
    lines = _parse(text, name, problems)
    first_line, header = next(lines, (1, []))
    columns = _columns_of(header)
    if "bib" not in columns:
        raise FormatError(
            "no column of bibs" if header else "the pilot list is empty",
            path=name,
            line=first_line,
            advice="its first line names the columns: bib,name,tracker",
        )
    gathering = _Gathering(name, problems)
    for line, cells in lines:
        gathering.take(_row_of(line, cells, columns), _cell(cells, columns, "official start"))
    return Roster(tuple(gathering.rows), tuple(problems))


def write_roster(rows: Iterable[tuple[Pilot, Sequence[str]]]) -> str:
    """The pilot list of pilots and their track files as CSV that `read_roster` gives back unchanged.

    A race that nobody has scored has no column of official starts.
    """
    listed = list(rows)
    is_scored = any(pilot.started_ms is not None for pilot, _ in listed)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["bib", "name", "nation", "tracker", "track"] + ["official start"] * is_scored)
    for pilot, files in listed:
        start = "" if pilot.started_ms is None else iso_utc(pilot.started_ms)
        cells = [pilot.bib, pilot.name, pilot.nation, "|".join(pilot.trackers), "|".join(files)]
        writer.writerow(cells + [start] * is_scored)
    return text.getvalue()


def _parse(text: str, name: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with their lines. A quote that is not closed spoils its own line only."""
    lines = _LINE_END.split(text)
    delimiter = max(";,\t", key=next((line for line in lines if line.strip()), "").count)
    for number, line in enumerate(lines, 1):
        try:
            cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
        except csv.Error:
            problems.append(Problem("a row that cannot be read", name, number, "close its quotes"))
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _columns_of(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        words = " ".join(re.split(r"[^a-z0-9]+", cell.lower())).strip()
        for column, aliases in _ALIASES.items():
            if words in aliases:
                columns.setdefault(column, place)
    return columns


class _Gathering:
    """Pilots taken up row by row; of a bib or a tracker that stands twice, the first row stands."""

    def __init__(self, name: str, problems: list[Problem]) -> None:
        self.rows: list[RosterRow] = []
        self._name = name
        self._problems = problems
        self._line_of_bib: dict[str, int] = {}
        self._line_of_tracker: dict[str, int] = {}

    def take(self, row: RosterRow, start: str) -> None:
        """start: the official one, as it is written."""
        bib = row.pilot.bib
        if not BIB_PATTERN.fullmatch(bib):
            what = f"{bib!r} is no bib" if bib else "a row without a bib"
            self._tell(row.line, what, "use at most 16 letters, digits, - _ .")
        elif bib in self._line_of_bib:
            what = f"bib {bib} stands on line {self._line_of_bib[bib]} already"
            self._tell(row.line, what, "the first one stands; give this pilot another bib", bib)
        else:
            self._line_of_bib[bib] = row.line
            trackers = tuple(serial for serial in row.pilot.trackers if self._is_free(serial, row))
            pilot = replace(row.pilot, trackers=trackers, started_ms=self._started_ms(start, row))
            self.rows.append(replace(row, pilot=pilot))

    def _is_free(self, serial: str, row: RosterRow) -> bool:
        owner = self._line_of_tracker.setdefault(serial, row.line)
        if owner != row.line:
            what = f"tracker {serial} belongs to the pilot on line {owner}"
            self._tell(row.line, what, "one tracker reports for one pilot", row.pilot.bib)
        return owner == row.line

    def _started_ms(self, start: str, row: RosterRow) -> int | None:
        if not start.strip():
            return None
        try:
            return to_ms(datetime.fromisoformat(start.strip()))
        except (ValueError, OverflowError):
            what = f"{clean_text(start, 40)!r} is no official start"
            self._tell(row.line, what, "write a moment such as 2026-05-26T11:45:07Z", row.pilot.bib)
            return None

    def _tell(self, line: int, what: str, advice: str, bib: str = "") -> None:
        self._problems.append(Problem(what, self._name, line, advice, bib))


def _cell(cells: Sequence[str], columns: Mapping[str, int], column: str) -> str:
    place = columns.get(column)
    return cells[place] if place is not None and place < len(cells) else ""


def _row_of(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> RosterRow:
    def cell(column: str) -> str:
        return _cell(cells, columns, column)

    bib = clean_text(cell("bib"), 40)
    trackers = (clean_text(part, _SERIAL_CELLS) for part in re.split(r"[\s|/;,]+", cell("tracker")))
    files = (clean_text(part, FILE_CELLS) for part in cell("track").split("|"))
    pilot = Pilot(
        bib=bib,
        name=clean_name(cell("name")) or bib,
        trackers=tuple(dict.fromkeys(serial for serial in trackers if serial)),
        nation=clean_text(cell("nation"), 3),
    )
    return RosterRow(line, pilot, tuple(dict.fromkeys(file for file in files if file)))
