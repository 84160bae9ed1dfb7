"""expected.json, told by the generator, against what the readers make of the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import PilotState, Race
from racecontrol.domain.readiness import assess_pilots
from racecontrol.domain.track import RepairKind, Track
from racecontrol.errors import RaceControlError
from racecontrol.formats.racefolder import open_race, read_pilot_track
from racecontrol.synthetic.course import task_at
from racecontrol.synthetic.folder import race_files, write_files
from racecontrol.synthetic.maker import make_race
from racecontrol.synthetic.outcome import checksum
from racecontrol.synthetic.race import RaceSpec

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
SEEDS = (1, 2, 3)
FOLDERS = [*sorted(folder.name for folder in FIXTURES.iterdir()), *(f"SEED-{seed}" for seed in SEEDS)]
"""The races that ship, and some that were never seen before."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each race of FOLDERS is."""
    made = tmp_path_factory.mktemp("races")
    for seed in SEEDS:
        race = make_race(RaceSpec(f"SEED-{seed}", seed=seed, pilots=30, minutes=12))
        write_files(race_files(race), made / race.spec.race_id)
    return {name: (made if name.startswith("SEED-") else FIXTURES) / name for name in FOLDERS}


def _expected(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "expected.json").read_text("utf-8"))
    return document


def _tracks(race: Race) -> dict[str, Track | None]:
    """Each pilot's track by bib, None where there is none to read."""
    tracks: dict[str, Track | None] = {}
    for pilot in race.pilots:
        try:
            tracks[pilot.bib] = read_pilot_track(race, pilot)
        except RaceControlError:
            tracks[pilot.bib] = None
    return tracks


def _facts(race: Race, track: Track | None) -> dict[str, object]:
    if track is None:
        return {"b_records": 0, "repairs": {}, "fixes": 0, "initial_points": 0, "stored": 0}
    initial = race.initial_points(track.fixes)
    counts = {kind.value: track.repairs.count(kind) for kind in RepairKind}
    return {
        "b_records": track.b_records,
        "repairs": {kind: count for kind, count in counts.items() if count},
        "fixes": len(track.fixes),
        "initial_points": len(initial),
        "stored": len(initial) + _points_after_gun(race, track.fixes),
        "sha256_initial": checksum(initial),
        "sha256": checksum(track.fixes),
    }


def _points_after_gun(race: Race, fixes: Fixes) -> int:
    return len(fixes) - len(fixes.before(race.gun_ms + 1000))


@pytest.mark.parametrize("race_id", FOLDERS)
def test_reading_gives_what_was_put_in(folders: dict[str, Path], race_id: str) -> None:
    """Every pilot's lines, repairs by kind, fixes and their checksums are those the generator wrote."""
    race = open_race(folders[race_id])

    found = {bib: _facts(race, track) for bib, track in _tracks(race).items()}

    expected = _expected(folders[race_id])["bibs"]
    assert found == {bib: {key: expected[bib][key] for key in found.get(bib, ())} for bib in expected}


@pytest.mark.parametrize("race_id", FOLDERS)
def test_the_start_finds_what_was_put_in(folders: dict[str, Path], race_id: str) -> None:
    """Pilots, flights, points and the rejected are those that expected.json promises."""
    race = open_race(folders[race_id])
    initial = {
        bib: 0 if track is None else len(race.initial_points(track.fixes))
        for bib, track in _tracks(race).items()
    }

    found = {
        "pilots": len(initial),
        "flights_queued": sum(points > 0 for points in initial.values()),
        "points": sum(initial.values()),
        "rejected": [bib for bib, points in initial.items() if not points],
    }

    assert found == {key: _expected(folders[race_id])[key] for key in found}


@pytest.mark.parametrize("race_id", FOLDERS)
def test_pilots_are_what_they_were_made_to_be(folders: dict[str, Path], race_id: str) -> None:
    """At the gun everybody is seen as what the generator had them do: flying, landed, silent, twins, ..."""
    race = open_race(folders[race_id])
    tracks = {bib: track.fixes for bib, track in _tracks(race).items() if track is not None}

    found = {bib: status.state for bib, status in assess_pilots(tracks, race.gun_ms).items()}

    expected = _expected(folders[race_id])["bibs"]
    assert {bib: found.get(bib, PilotState.NO_DATA) for bib in expected} == {
        bib: facts["state"] for bib, facts in expected.items()
    }


def test_names_are_read_clean() -> None:
    """Each name, hostile ones too, is on screens what expected.json says."""
    race = open_race(FIXTURES / "R42")

    expected = _expected(FIXTURES / "R42")["bibs"]
    assert {pilot.bib: pilot.name for pilot in race.pilots} == {
        bib: expected[bib]["name"] for bib in expected
    }


def test_the_name_in_a_windows_1252_track_is_read() -> None:
    """A pilot's name reads right from a track that is not UTF-8."""
    race = open_race(FIXTURES / "R42")
    bib = next(
        bib for bib, facts in _expected(FIXTURES / "R42")["bibs"].items() if "Windows-1252" in facts["role"]
    )
    pilot = next(pilot for pilot in race.pilots if pilot.bib == bib)

    assert read_pilot_track(race, pilot).headers["pilot"] == pilot.name == "Jürgen Weißenböck"


def test_r42_opens_without_a_problem() -> None:
    """The dirt of R42 is in its tracks; its folder is in order, and its task is the course."""
    race = open_race(FIXTURES / "R42")

    assert race.problems == ()
    assert race.task == task_at(race.gun_ms)


def test_a_broken_race_tells_every_fault() -> None:
    """Rows, tracks and a task that cannot be read are told, and the good pilot is there."""
    problems = open_race(FIXTURES / "ODD-BROKEN").problems

    assert len(problems) == 7
    assert [problem.line for problem in problems if problem.line] == [7, 8, 9, 11, 6, 1]
