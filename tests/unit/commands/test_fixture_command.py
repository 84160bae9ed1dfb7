"""`racecontrol fixture make`: races of any size, and refusals in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racecontrol.cli import main
from racecontrol.formats.racefolder import open_race, read_pilot_track


def _make(out: Path, *arguments: str) -> int:
    return main(["fixture", "make", *arguments, "--out", str(out)])


def test_a_race_of_a_size_asked_for_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pilots and initial points are as many as asked, and the answer says where they are."""
    sizes = [
        "--clean",
        "--pilots",
        "3",
        "--points",
        "120",
        "--interval",
        "1",
        "--minutes",
        "1",
        "--seed",
        "7",
    ]

    assert _make(tmp_path, "BIG", *sizes, "--json") == 0

    answer = json.loads(capsys.readouterr().out)
    folder = Path(answer["folder"])
    race = open_race(folder)
    assert answer["bytes"] == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert [len(race.initial_points(read_pilot_track(race, pilot).fixes)) for pilot in race.pilots] == [
        120
    ] * 3


def test_an_odd_race_is_made_by_its_name(tmp_path: Path) -> None:
    """The odd races need no options."""
    assert _make(tmp_path, "ODD-ONE") == 0
    assert len(open_race(tmp_path / "ODD-ONE").pilots) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ODD-ONE", "--pilots", "3"], "always the same"),
        (["../R42"], "no race id"),
        (["SMALL", "--pilots", "3"], "clean race"),
    ],
)
def test_what_cannot_be_made_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Impossible wishes end with exit code 2 and advice, and nothing is written."""
    assert _make(tmp_path, *arguments) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_race_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    """Making a race twice in one place ends with exit code 4."""
    _make(tmp_path, "ODD-ONE")

    assert _make(tmp_path, "ODD-ONE") == 4


@pytest.mark.parametrize("number", ["-1", "x", "²", ""])
def test_sizes_are_whole_numbers(tmp_path: Path, number: str) -> None:
    """A size that is no whole number is a usage error."""
    assert _make(tmp_path, "R42", f"--pilots={number}") == 2
