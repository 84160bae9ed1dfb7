"""Pilot lists as CSV: read with whatever separator, encoding and column names people use, written one way.

A bad row is a Problem with its line number; the good rows are kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from racecontrol.domain.race import Pilot, Problem
from racecontrol.domain.text import clean_name, clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.source import MEGABYTE, decode_text, read_source

MOST_BYTES: Final = 4 * MEGABYTE
"""A row takes about 60 bytes; ten thousand entrants fit six times over."""

BIB_PATTERN: Final = re.compile(r"[A-Za-z0-9_.-]{1,16}")
"""A bib is part of flight ids, file names and screens' first column."""

_SERIAL_CELLS: Final = 64
_FILE_CELLS: Final = 255

_ALIASES: Final[Mapping[str, frozenset[str]]] = {
    "bib": frozenset({"bib", "id", "no", "nr", "number", "start number", "pilot id", "competition id"}),
    "name": frozenset({"name", "pilot", "pilot name", "full name", "competitor"}),
    "tracker": frozenset(
        {"tracker", "trackers", "tracker id", "serial", "serials", "device", "device id", "live"}
    ),
    "nation": frozenset({"nation", "nationality", "country", "nat", "nat code 3166 1", "nac"}),
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

    The first line names the columns; `bib` is needed, `name`, `tracker`, `nation` and `track` are not.
    Several trackers or files of one pilot are separated by a space, `|` or `/` and by `|`.
    Raises: FormatError for a file that cannot be read or has no column of bibs.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    text = decode_text(read_source(source, MOST_BYTES, name)).replace("\0", "")
    lines = list(_parse(text))
    if not lines:
        raise FormatError(
            "the pilot list is empty", path=name, advice="its first line names the columns: bib,name,tracker"
        )
    columns = _columns_of(lines[0][1])
    if "bib" not in columns:
        raise FormatError(
            "no column of bibs",
            path=name,
            line=lines[0][0],
            advice="its first line names the columns: bib,name,tracker",
        )
    return _gather(lines[1:], columns, name)


def write_roster(rows: Iterable[tuple[Pilot, Sequence[str]]]) -> str:
    """The pilot list of pilots and their track files as CSV that `read_roster` gives back unchanged."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["bib", "name", "nation", "tracker", "track"])
    for pilot, files in rows:
        writer.writerow([pilot.bib, pilot.name, pilot.nation, "|".join(pilot.trackers), "|".join(files)])
    return text.getvalue()


def _parse(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, with the line each begins on."""
    head = text.lstrip().partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            row = []
        if row is None:
            return
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _columns_of(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(header):
        words = " ".join(re.split(r"[^a-z0-9]+", cell.lower())).strip()
        for column, aliases in _ALIASES.items():
            if words in aliases:
                columns.setdefault(column, place)
    return columns


def _gather(lines: Sequence[tuple[int, list[str]]], columns: Mapping[str, int], name: str) -> Roster:
    rows: list[RosterRow] = []
    problems: list[Problem] = []
    line_of_bib: dict[str, int] = {}
    line_of_tracker: dict[str, int] = {}
    for line, cells in lines:
        row = _row_of(line, cells, columns)
        bib = row.pilot.bib
        if not BIB_PATTERN.fullmatch(bib):
            what = f"{bib!r} is no bib" if bib else "a row without a bib"
            problems.append(Problem(what, name, line, "use at most 16 letters, digits, - _ ."))
            continue
        if bib in line_of_bib:
            what = f"bib {bib} stands on line {line_of_bib[bib]} already"
            problems.append(
                Problem(what, name, line, "the first one stands; give this pilot another bib", bib)
            )
            continue
        taken = [serial for serial in row.pilot.trackers if serial in line_of_tracker]
        for serial in taken:
            what = f"tracker {serial} belongs to the pilot on line {line_of_tracker[serial]}"
            problems.append(Problem(what, name, line, "one tracker reports for one pilot", bib))
        line_of_bib[bib] = line
        own = tuple(serial for serial in row.pilot.trackers if serial not in taken)
        line_of_tracker.update(dict.fromkeys(own, line))
        rows.append(RosterRow(line, Pilot(bib, row.pilot.name, own, row.pilot.nation), row.files))
    return Roster(tuple(rows), tuple(problems))


def _row_of(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> RosterRow:
    def cell(column: str) -> str:
        place = columns.get(column)
        return cells[place] if place is not None and place < len(cells) else ""

    bib = clean_text(cell("bib"), 40)
    trackers = (clean_text(part, _SERIAL_CELLS) for part in re.split(r"[\s|/;,]+", cell("tracker")))
    files = (clean_text(part, _FILE_CELLS) for part in cell("track").split("|"))
    return RosterRow(
        line,
        Pilot(
            bib,
            clean_name(cell("name")) or bib,
            tuple(dict.fromkeys(serial for serial in trackers if serial)),
            clean_text(cell("nation"), 3),
        ),
        tuple(dict.fromkeys(file for file in files if file)),
    )
