"""The IGC reader on real files, against aerofiles and against a count by hand."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from aerofiles.igc import Reader

from racecontrol.domain.clock import to_ms
from racecontrol.domain.fixes import Flight
from racecontrol.domain.track import RepairKind, Track
from racecontrol.errors import FormatError
from racecontrol.formats.igc import read_igc
from tests.shared_data import shared_data
from tests.unit.formats.igc_text import FLIGHT

GUN_MS = 1_558_871_100_000
"""2019-05-26T11:45:00Z, Chamousset task 1."""

CLEAN = ["MD_85ugkjj1.IGC", "20241007TZN.igc", "napret.igc", "new_zealand.igc", "2016-11-08-xcs-aaa-02.igc"]
"""Files in which aerofiles goes wrong nowhere; the last two fly over midnight."""


@pytest.fixture(scope="module")
def chamousset() -> Mapping[str, bytes]:
    """The 127 tracks by name."""
    with tarfile.open(shared_data("pwc-chamousset-2019") / "task-1-tracks.tar.xz") as archive:
        return {
            Path(member.name).name: content.read()
            for member in archive
            if (content := archive.extractfile(member)) is not None
        }


def _odd_files() -> list[Path]:
    return sorted(path for path in shared_data("odd-igc").rglob("*") if path.suffix.lower() == ".igc")


def _outcome(path: Path) -> Track | str:
    try:
        return read_igc(path, FLIGHT)
    except FormatError as exc:
        return str(exc)


def test_the_count_before_the_gun_of_a_world_cup_is_exact(chamousset: Mapping[str, bytes]) -> None:
    """Kept and dropped B records of the 127 tracks until the gun sum up to what a count by hand gives."""
    tracks = [read_igc(content, Flight(name)) for name, content in chamousset.items()]

    kept = sum(len(track.fixes.before(GUN_MS + 1000)) for track in tracks)
    dropped = sum(track.dropped_between(0, GUN_MS + 1000) for track in tracks)
    assert (len(tracks), kept, dropped) == (127, 426_886, 35)
    assert kept + dropped == 426_921
    assert sum(track.repairs.count(RepairKind.REFUSED) for track in tracks) == 0


@pytest.mark.parametrize("name", CLEAN)
def test_values_equal_those_of_aerofiles(name: str) -> None:
    """On clean files every time, height and position is what aerofiles reads, to 1e-7 degree."""
    path = next(path for path in _odd_files() if path.name == name)
    records = Reader().read(io.StringIO(path.read_text("cp1252")))["fix_records"][1]

    fixes = read_igc(path, FLIGHT).fixes

    assert fixes.gnss_alt_m is not None
    assert fixes.time_ms.tolist() == [to_ms(record["datetime"]) for record in records]
    assert fixes.gnss_alt_m.tolist() == [record["gps_alt"] for record in records]
    assert fixes.lat_deg == pytest.approx([record["lat"] for record in records], abs=6e-8)
    assert fixes.lon_deg == pytest.approx([record["lon"] for record in records], abs=6e-8)


def test_every_odd_file_is_read_or_refused_with_a_reason() -> None:
    """Parsers' own collections of edge cases: 18 of them have a date and so are tracks."""
    outcomes = {path.name: _outcome(path) for path in _odd_files()}

    tracks = [track for track in outcomes.values() if isinstance(track, Track)]
    refusals = {name: words for name, words in outcomes.items() if isinstance(words, str)}
    assert (len(tracks), len(refusals)) == (18, 46)
    assert all(len(track.fixes) + track.dropped == track.b_records for track in tracks)
    assert all(words.startswith(name) for name, words in refusals.items())


def test_times_that_stand_still_are_told_one_by_one() -> None:
    """A real logger wrote 50 of 200 fixes with a time it had written already."""
    path = next(path for path in _odd_files() if path.name == "no_time_increment.igc")

    track = read_igc(path, FLIGHT)

    assert (len(track.fixes), track.repairs.count(RepairKind.SAME_TIME_OTHER_POSITION)) == (150, 50)
