"""`racecontrol race ls | show | import` as scripts and people use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racecontrol.cli import main
from tests.unit.formats.igc_text import HEADER, b_line
from tests.unit.formats.test_race_import import make_request
from tests.unit.formats.test_racefolder import TRACK, make_folder


@pytest.fixture
def races(tmp_path: Path) -> Path:
    """A folder of races with R1: bib 118 with a repaired and a refused line, bib 7 without a track."""
    track = TRACK + TRACK.splitlines()[-1] + "\nB\n"
    make_folder(tmp_path, "bib,name\n118,Anna Berg\n7,Bo Ek\n", race_id="R1", **{"118": track})
    return tmp_path


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["race", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_races_are_listed(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One's own and the shipped ones, with gun, pilots, and how many have tracks."""
    answer = _json(capsys, "ls", "--races", str(races))

    listed = {race["race"]: race for race in answer["races"]}
    assert {"R1", "R42"} <= set(listed)
    assert (listed["R1"]["gun"], listed["R1"]["pilots"], listed["R1"]["pilots_with_tracks"]) == (
        "2026-05-26T11:45:00Z",
        2,
        1,
    )


def test_a_race_that_cannot_be_opened_is_listed_with_its_reason(
    races: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its file and what to do are told, and the other races are there."""
    make_folder(races, race_id="R2", head="gun\n")

    problem = _json(capsys, "ls", "--races", str(races))["problems"][0]

    assert (problem["path"], problem["line"]) == ("R2/race.toml", 1)
    assert problem["advice"]


def test_the_list_for_people_has_a_line_a_race(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Broken ones go to stderr."""
    make_folder(races, race_id="R2", head="gun\n")

    assert main(["race", "ls", "--races", str(races)]) == 0

    printed = capsys.readouterr()
    assert "R1           2026-05-26T11:45:00Z  Coupe  (2 pilots, 1 with tracks)\n" in printed.out
    assert "cannot be opened: R2/race.toml:1: " in printed.err


def test_a_race_is_shown_with_its_sums(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Initial points and what was dropped until the gun are the B records until the gun."""
    shown = _json(capsys, "show", "R1", "--races", str(races))

    assert (shown["initial_points"], shown["dropped_until_gun"], shown["b_records_until_gun"]) == (2, 0, 2)
    assert (shown["b_records"], shown["fixes"]) == (5, 3)
    assert shown["repaired"] == {
        "same time, same position": 1,
        "same time, other position": 0,
        "out of order": 0,
        "refused": 1,
    }
    assert [(pilot["bib"], pilot["state"], pilot["reason"]) for pilot in shown["pilots"]] == [
        ("118", "ground", ""),
        ("7", "no data", "no track file: download the tracker"),
    ]
    assert "repairs" not in shown


def test_a_track_without_initial_points_says_why(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the words of the start: a fix after the gun is no fix that is yet to come."""
    late = HEADER + b_line("120000") + b_line("120001")
    make_folder(races, race_id="R3", **{"118": late})

    shown = _json(capsys, "show", "R3", "--races", str(races))

    assert [(pilot["state"], pilot["reason"], pilot["fixes"]) for pilot in shown["pilots"]] == [
        ("no data", "no fixes before the gun: the first is of 2026-05-26T12:00:00Z", 2)
    ]


def test_repairs_are_shown_one_by_one(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its file and line, a refused one with its reason."""
    shown = _json(capsys, "show", "R1", "--repairs", "--races", str(races))

    assert [
        (one["bib"], one["file"], one["line"], one["kind"], one["reason"], one["time"], one["until_gun"])
        for one in shown["repairs"]
    ] == [
        ("118", "R1/tracks/118.igc", 7, "same time, same position", "", "2026-05-26T11:45:01Z", False),
        ("118", "R1/tracks/118.igc", 8, "refused", "shorter than 35 characters", None, False),
    ]


def test_a_race_is_shown_to_people(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sum, a row a pilot, and with --repairs file:line for each."""
    assert main(["race", "show", "R1", "--repairs", "--races", str(races)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "initial points 2 = 2 B records until the gun - 0 dropped" in lines
    assert any(line.split()[:3] == ["118", "Anna", "Berg"] for line in lines)
    assert "R1/tracks/118.igc:8: refused: shorter than 35 characters (no time)" in lines


def test_the_task_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """R42's, with the sense of its start and its goal line."""
    shown = _json(capsys, "show", "R42")

    assert shown["task"]["gates"] == ["11:45:00Z"]
    assert shown["task"]["turnpoints"][0]["kind"] == "takeoff"
    assert shown["task"]["turnpoints"][-1]["is_line"] is True


def test_an_unknown_race_ends_with_code_4(races: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said on stderr names the races there are; so does the document."""
    assert main(["race", "show", "R9", "--json", "--races", str(races)]) == 4

    printed = capsys.readouterr()
    assert "R1" in json.loads(printed.out)["error"]["advice"]
    assert "no race 'R9'" in printed.err
    assert "R1" in printed.err


def test_an_import_answers_with_what_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The race is in the first folder of --races, and opens from there."""
    request = make_request(tmp_path, {"7.igc": TRACK, "x.igc": TRACK})
    sources = [
        "--fsdb",
        str(request.fsdb),
        "--tracks",
        str(request.tracks),
        "--races",
        str(tmp_path / "races"),
    ]

    answer = _json(capsys, "import", "--id", "C1", "--task", "T1", *sources)

    assert (answer["pilots"], answer["pilots_with_tracks"], answer["gun"]) == (2, 1, "2026-05-26T08:00:00Z")
    assert [problem["path"] for problem in answer["problems"]] == ["C1/tracks/x.igc"]
    assert _json(capsys, "show", "C1", "--races", str(tmp_path / "races"))["folder"] == answer["folder"]
    assert main(["race", "import", "--id", "C1", "--task", "T1", *sources]) == 4


def test_an_import_goes_to_the_site_s_races_by_default(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People are told what was made, and the problems on stderr."""
    request = make_request(tmp_path, {"7.igc": TRACK, "x.igc": TRACK})
    sources = [
        "--fsdb",
        str(request.fsdb),
        "--tracks",
        str(request.tracks),
        "--data-dir",
        str(tmp_path / "site"),
    ]

    assert main(["race", "import", "--id", "C1", "--task", "T1", *sources]) == 0

    printed = capsys.readouterr()
    assert "2 pilots, 1 with tracks" in printed.out
    assert "problem: C1/tracks/x.igc: belongs to no pilot" in printed.err
    assert (tmp_path / "site" / "races" / "C1" / "race.toml").exists()
