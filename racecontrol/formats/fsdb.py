"""FSDB, the XML file of the scoring program FS: a competition's pilots, tasks, gates and official starts.

    Fs > FsCompetition > FsParticipants > FsParticipant                           who takes part
                       > FsTasks > FsTask > FsTaskDefinition > FsTurnpoint, FsStartGate
                                          > FsParticipants > FsParticipant > FsFlightData

Times carry local offsets; decimals may use a comma. A document type is refused: FS writes none, and
entities are how an XML file of a kilobyte grows to a gigabyte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from racecontrol.domain.race import Pilot, Problem
from racecontrol.domain.task import Task
from racecontrol.domain.text import clean_name, clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.fsdb_fields import Record
from racecontrol.formats.fsdb_task import read_task_definition
from racecontrol.formats.roster import BIB_PATTERN, FILE_CELLS
from racecontrol.formats.source import MEGABYTE, read_source

MOST_BYTES: Final = 64 * MEGABYTE
"""A week's competition with all its results takes 2 MB."""


@dataclass(frozen=True, slots=True)
class FsdbFlight:
    """What FS has of one pilot in one task.

    track_file: as the file names it, "" for none. started_ms: the official start, UTC ms, None for none.
    """

    bib: str
    track_file: str
    started_ms: int | None


@dataclass(frozen=True, slots=True)
class FsdbTask:
    """A task of the competition. gates_ms: UTC ms, rising, one at least. flights: of who takes part in it."""

    task_id: str
    name: str
    task: Task
    gates_ms: tuple[int, ...]
    flights: tuple[FsdbFlight, ...]


@dataclass(frozen=True, slots=True)
class Competition:
    """An FSDB file, read. utc_offset_min: of the site, minutes. problems: what could not be read of it."""

    name: str
    utc_offset_min: int
    pilots: tuple[Pilot, ...]
    tasks: tuple[FsdbTask, ...]
    problems: tuple[Problem, ...]

    def task(self, wanted: str) -> FsdbTask:
        """The task of this name or id. Raises: FormatError naming the tasks there are."""
        for task in self.tasks:
            if wanted.casefold() in (task.name.casefold(), task.task_id.casefold()):
                return task
        known = ", ".join(task.name for task in self.tasks) or "none"
        why = "".join(f"; {problem}" for problem in self.problems)
        raise FormatError(
            f"no task {clean_name(wanted)!r}", advice=f"the tasks that can be read are: {known}{why}"
        )

    def pilots_of(self, task: FsdbTask) -> tuple[Pilot, ...]:
        """Who takes part in the task, with official starts; all of the competition before FS knows."""
        if not task.flights:
            return self.pilots
        by_bib = {pilot.bib: pilot for pilot in self.pilots}
        return tuple(
            replace(by_bib.get(flight.bib, Pilot(flight.bib, flight.bib)), started_ms=flight.started_ms)
            for flight in task.flights
        )


def read_fsdb(source: Path | bytes, name: str = "") -> Competition:
    """Read an FSDB file. A task or pilot that cannot be read is a problem of the competition.

    name: what errors and problems call the file.
    Raises: FormatError for a file that is no FSDB at all, or has a document type.
    """
    name = name or (source.name if isinstance(source, Path) else "")
    root = _parse(read_source(source, MOST_BYTES, name), name)
    element = root if root.tag == "FsCompetition" else root.find("FsCompetition")
    if element is None:
        raise FormatError(
            "no FSDB file: it has no FsCompetition", path=name, advice="export it from FS again"
        )
    competition = Record(element, name, 0)
    offset_min = round((competition.decimal("utc_offset", -24, 24) or 0.0) * 60)
    problems: list[Problem] = []
    pilots = _read_pilots(element, name, problems)
    tasks = []
    for task in element.findall("FsTasks/FsTask"):
        try:
            tasks.append(_read_task(task, name, offset_min, problems))
        except FormatError as exc:
            problems.append(_problem_of(exc, name))
    return Competition(
        clean_name(competition.text("name")), offset_min, pilots, tuple(tasks), tuple(problems)
    )


class _WithoutDocumentType(ElementTree.TreeBuilder):
    def doctype(self, name: str, pubid: str, system: str) -> None:
        raise FormatError("a document type, which FS never writes", advice="export it from FS again")


def _parse(content: bytes, name: str) -> ElementTree.Element:
    parser = ElementTree.XMLParser(target=_WithoutDocumentType())
    try:
        parser.feed(content)
        root: ElementTree.Element = parser.close()
    except FormatError as exc:
        raise FormatError(exc.reason, path=name, advice=exc.advice) from exc
    except (ElementTree.ParseError, ValueError, LookupError) as exc:
        line = exc.position[0] if isinstance(exc, ElementTree.ParseError) else None
        what = clean_text(f"no XML ({exc})", 120)
        raise FormatError(what, path=name, line=line, advice="export it from FS again") from exc
    return root


def _read_pilots(element: ElementTree.Element, name: str, problems: list[Problem]) -> tuple[Pilot, ...]:
    pilots: dict[str, Pilot] = {}
    for participant in element.findall("FsParticipants/FsParticipant"):
        record = Record(participant, name, 0)
        bib = record.text("id")
        who = clean_name(record.text("name"))
        if not BIB_PATTERN.fullmatch(bib) or bib in pilots:
            what = "stands twice" if bib in pilots else "is no bib"
            problems.append(
                Problem(f"the id {bib!r} of {who or 'a participant'} {what}", name, None, "mend it in FS")
            )
            continue
        nation = clean_text(record.text("nat_code_3166_a3") or record.text("nat_code_3166"), 3)
        pilots[bib] = Pilot(bib, who or bib, nation=nation)
    return tuple(pilots.values())


def _problem_of(fault: FormatError, name: str, bib: str = "") -> Problem:
    field = f"[{fault.field}] " if fault.field else ""
    return Problem(f"{field}{fault.reason}", name, None, fault.advice, bib)


def _read_task(element: ElementTree.Element, name: str, offset_min: int, problems: list[Problem]) -> FsdbTask:
    record = Record(element, name, offset_min)
    title = clean_name(record.text("name")) or record.text("id")
    definition = element.find("FsTaskDefinition")
    if definition is None:
        raise FormatError(f"task {title} is not defined yet", path=name, advice="set the task in FS")
    task, gates_ms = read_task_definition(definition, title, name, offset_min)
    participants = element.findall("FsParticipants/FsParticipant")
    flights = _read_flights(participants, name, offset_min, problems)
    return FsdbTask(record.text("id"), title, task, gates_ms, flights)


def _read_flights(
    participants: Sequence[ElementTree.Element], name: str, offset_min: int, problems: list[Problem]
) -> tuple[FsdbFlight, ...]:
    """A start that cannot be read costs the pilot the start, and nobody the task."""
    flights: dict[str, FsdbFlight] = {}
    for participant in participants:
        bib = Record(participant, name, offset_min).text("id")
        found = participant.find("FsFlightData")
        if not BIB_PATTERN.fullmatch(bib):
            continue
        if found is None:
            flights.setdefault(bib, FsdbFlight(bib, "", None))
            continue
        flown = Record(found, name, offset_min)
        track_file = clean_text(
            flown.text("tracklog_filename").replace("\\", "/").rpartition("/")[2], FILE_CELLS
        )
        try:
            started_ms = flown.moment_ms("started_ss")
        except FormatError as exc:
            started_ms = None
            problems.append(_problem_of(exc, name, bib))
        flights.setdefault(bib, FsdbFlight(bib, track_file, started_ms))
    return tuple(flights.values())
