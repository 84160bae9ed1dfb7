"""FSDB files of the scoring program FS."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.task import TurnpointKind
from racecontrol.errors import FormatError
from racecontrol.formats.fsdb import Competition, read_fsdb
from tests.shared_data import shared_data

COMPETITION = """<?xml version="1.0" encoding="utf-8"?>
<Fs version="3.5">
  <FsCompetition name="Coupe Icare" utc_offset="5,5">
    <FsParticipants>
      <FsParticipant id="118" name="Anna Berg" nat_code_3166_a3="CHE"/>
      <FsParticipant id="7" name="Bo Ek"/>
    </FsParticipants>
    <FsTasks>
      <FsTask id="1" name="T1">
        <FsTaskDefinition ss="2" es="3" goal="LINE">
          <FsTurnpoint id="D01" lat="45,5" lon="6.1" radius="400" altitude="870"/>
          <FsTurnpoint id="B15" lat="45,48" lon="6.12" radius="6000" open="2026-05-26T13:30:00"/>
          <FsTurnpoint id="B15" lat="45,48" lon="6.12" radius="1000"/>
          <FsTurnpoint id="PC" lat="45,56" lon="6.22" radius="100" close="2026-05-26T20:00:00"/>
          <FsStartGate open="2026-05-26T14:00:00"/>
          <FsStartGate open="2026-05-26T13:30:00+05:30"/>
        </FsTaskDefinition>
        <FsParticipants>
          <FsParticipant id="7">
            <FsFlightData tracklog_filename="C:\\tracks\\7.igc" started_ss="2026-05-26T13:30:05"/>
          </FsParticipant>
        </FsParticipants>
      </FsTask>
    </FsTasks>
  </FsCompetition>
</Fs>
"""


def _read(text: str = COMPETITION) -> Competition:
    return read_fsdb(text.encode(), "comp.fsdb")


def test_decimals_may_use_a_comma() -> None:
    """Positions and the site's offset are read with either."""
    competition = _read()

    assert competition.utc_offset_min == 330
    assert competition.tasks[0].task.turnpoints[0].lat_deg == 45.5


def test_times_count_from_the_site_s_offset() -> None:
    """A time without an offset is the site's, one with an offset is its own; gates are put in order."""
    task = _read().tasks[0]

    assert [iso_utc(gate_ms) for gate_ms in task.gates_ms] == ["2026-05-26T08:00:00Z", "2026-05-26T08:30:00Z"]
    assert task.task.gates_ms == (8 * 3_600_000, 8 * 3_600_000 + 1_800_000)
    assert task.task.deadline_ms == 14 * 3_600_000 + 1_800_000


def test_turnpoints_have_their_parts() -> None:
    """SSS and ESS by number, the last one the goal with its line, the one before the start the take-off."""
    turnpoints = _read().tasks[0].task.turnpoints

    assert [one.kind for one in turnpoints] == [
        TurnpointKind.TAKEOFF,
        TurnpointKind.SSS,
        TurnpointKind.ESS,
        TurnpointKind.GOAL,
    ]
    assert turnpoints[-1].is_line


def test_a_start_around_the_next_cylinder_is_flown_into() -> None:
    """FS does not say the sense of a start; where the next cylinder lies inside, pilots fly in."""
    inside = _read().tasks[0].task.turnpoint_of(TurnpointKind.SSS)
    outside = _read(COMPETITION.replace('radius="1000"', 'radius="9000"')).tasks[0].task
    start = outside.turnpoint_of(TurnpointKind.SSS)

    assert inside is not None
    assert start is not None
    assert (inside.is_exit, start.is_exit) == (False, True)


def test_pilots_of_a_task_are_those_fs_has_in_it() -> None:
    """With their track's name without its folder, and their official start; before scoring, everybody."""
    competition = _read()
    unscored = _read(
        COMPETITION.replace("FsFlightData", "FsNothing")
        .replace('<FsParticipant id="7">', "<FsX>")
        .replace("</FsParticipant>", "</FsX>")
    )

    task = competition.tasks[0]
    assert [(one.bib, one.track_file, one.started_ms) for one in task.flights] == [
        ("7", "7.igc", task.gates_ms[0] + 5000)
    ]
    assert [pilot.name for pilot in competition.pilots_of(task)] == ["Bo Ek"]
    assert [pilot.nation for pilot in unscored.pilots_of(unscored.tasks[0])] == ["CHE", ""]


@pytest.mark.parametrize(
    ("bib", "fault"), [("118", "stands twice"), ("../7", "is no bib"), ("", "is no bib")]
)
def test_a_participant_without_an_id_of_its_own_is_a_problem(bib: str, fault: str) -> None:
    """The others are there."""
    competition = _read(COMPETITION.replace('id="7" name', f'id="{bib}" name'))

    assert [pilot.bib for pilot in competition.pilots] == ["118"]
    assert [problem.what for problem in competition.problems] == [f"the id {bib!r} of Bo Ek {fault}"]


def test_a_start_without_gates_opens_with_its_cylinder() -> None:
    """An elapsed-time start has no gate; its moment is when the start cylinder opens."""
    text = "\n".join(line for line in COMPETITION.splitlines() if "FsStartGate" not in line)

    assert [iso_utc(gate_ms) for gate_ms in _read(text).tasks[0].gates_ms] == ["2026-05-26T08:00:00Z"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('lat="45,56"', 'lat="north"', "comp.fsdb: [FsTurnpoint@lat] 'north' is no number from -90 to 90"),
        ('lon="6.22"', "", "comp.fsdb: [FsTurnpoint@lon] is missing"),
        (
            "13:30:00+05:30",
            "half past one",
            "comp.fsdb: [FsStartGate@open] '2026-05-26Thalf past one' is no time",
        ),
        ('ss="2"', 'ss="9"', "comp.fsdb: [FsTaskDefinition@ss] '9' is no number from 0 to 4"),
        ("FsTaskDefinition", "FsX", "comp.fsdb: task T1 is not defined yet"),
    ],
)
def test_a_task_that_cannot_be_read_is_a_problem(old: str, new: str, problem: str) -> None:
    """It names element and attribute, and the other tasks and the pilots are there."""
    competition = _read(COMPETITION.replace(old, new))

    assert [str(one)[: len(problem)] for one in competition.problems] == [problem]
    assert (len(competition.pilots), competition.tasks) == (2, ())


def test_an_unknown_task_names_those_there_are() -> None:
    """By name or by id, in any case."""
    competition = _read()

    assert competition.task("t1") is competition.task("1")
    with pytest.raises(FormatError, match="no task 'T9': the tasks that can be read are: T1"):
        competition.task("T9")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(encoding: str) -> None:
    """Entities that grow never get so far, in no encoding."""
    bomb = '<!DOCTYPE Fs [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Fs>&b;</Fs>'

    with pytest.raises(FormatError, match=r"comp\.fsdb: a document type"):
        read_fsdb(bomb.encode(encoding), "comp.fsdb")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "comp.fsdb:1: no XML"),
        (b"<Fs>\n<FsCompetition>", "comp.fsdb:2: no XML"),
        (b"<Fs/>", "no FSDB file"),
        (b'<?xml version="1.0" encoding="nonsense"?><Fs/>', "no XML"),
        (b"<a>" * 100_000, "no XML"),
    ],
)
def test_what_is_no_fsdb_is_refused(content: bytes, message: str) -> None:
    """With the line where the XML breaks."""
    with pytest.raises(FormatError, match=message):
        read_fsdb(content, "comp.fsdb")


@pytest.mark.parametrize(
    ("folder", "pilots", "gates", "flights"),
    [
        (
            "pwc-chamousset-2019",
            128,
            {"T1": "2019-05-26T11:45:00Z", "T2": "2019-05-27T11:00:00Z"},
            [(127, 127, 125), (126, 126, 126)],
        ),
        (
            "dalmatian-2018",
            31,
            {
                "Task 1": "2018-05-24T10:30:00Z",
                "Task 2": "2018-05-26T11:00:00Z",
                "Task 3": "2018-05-27T11:00:00Z",
            },
            [(31, 23, 21), (30, 22, 22), (31, 20, 20)],
        ),
    ],
)
def test_real_competitions_are_read(
    folder: str, pilots: int, gates: dict[str, str], flights: list[tuple[int, int, int]]
) -> None:
    """Pilots, gates, and per task who took part, has a track and an official start."""
    competition = read_fsdb(_file_in(shared_data(folder)))

    assert not competition.problems
    assert len(competition.pilots) == pilots
    assert {task.name: iso_utc(task.gates_ms[0]) for task in competition.tasks} == gates
    assert [
        (
            len(task.flights),
            sum(bool(flight.track_file) for flight in task.flights),
            sum(flight.started_ms is not None for flight in task.flights),
        )
        for task in competition.tasks
    ] == flights


def _file_in(folder: Path) -> Path:
    return next(folder.glob("*.xml"))
