"""Stored tracks to files: what went into the store comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from racecontrol.domain.fixes import Flight
from racecontrol.errors import ConfigError, FormatError, RaceControlError
from racecontrol.formats import export as formats
from racecontrol.formats.igc import read_igc
from racecontrol.formats.racefolder import read_pilot_track
from racecontrol.pipeline.export import export_race
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS, make_fixes, make_flight
from tests.fixture_races import fixture_race


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "racecontrol.db") as opened:
        yield opened


def test_igc_files_come_out_of_the_store_as_they_went_in(store: SqliteStore, tmp_path: Path) -> None:
    """File, fixes, store, file, fixes: equal for every readable pilot of the fixture race."""
    race = fixture_race()
    tracks = {}
    for pilot in race.pilots:
        try:
            fixes = read_pilot_track(race, pilot).fixes
        except (FormatError, RaceControlError):
            continue
        if len(fixes):
            tracks[fixes.flight.flight_id] = fixes
    store.write(list(tracks.values()))

    report = export_race(store, race.race_id, tmp_path / "out", "igc")

    again = {track.flight.flight_id: read_igc(track.path, track.flight).fixes for track in report.tracks}
    assert len(again) > 30
    assert again == tracks


@pytest.mark.parametrize("file_format", formats.FORMATS)
def test_every_format_is_written_by_bib(store: SqliteStore, tmp_path: Path, file_format: str) -> None:
    """One file a pilot, into a folder that is made if need be."""
    store.write([make_fixes(flight=make_flight(bib)) for bib in ("1", "2")])

    export_race(store, "R42", tmp_path / "a" / "b", file_format)

    assert sorted(path.name for path in (tmp_path / "a" / "b").iterdir()) == [
        f"R42_1.{file_format}",
        f"R42_2.{file_format}",
    ]


def test_pilots_are_named_in_their_files(store: SqliteStore, tmp_path: Path) -> None:
    """By the bib that the flight flew under."""
    store.write([make_fixes()])

    (track,) = export_race(store, "R42", tmp_path, "igc", pilot_names={"118": "Ana Diaz"}).tracks

    assert b"Ana Diaz" in track.path.read_bytes()


def test_one_pilot_can_be_asked_for(store: SqliteStore, tmp_path: Path) -> None:
    """By bib."""
    store.write([make_fixes(flight=make_flight(bib)) for bib in ("1", "2")])

    report = export_race(store, "R42", tmp_path / "out", "csv", bib="2")

    assert [track.path.name for track in report.tracks] == ["R42_2.csv"]


def test_several_flights_of_one_bib_have_files_of_their_own(store: SqliteStore, tmp_path: Path) -> None:
    """The logger's and the live tracker's; and those of nobody known."""
    flights = [make_flight(), Flight("live-9", "R42", "118", "live"), Flight("x", "R42"), Flight("y", "R42")]
    store.write([make_fixes(flight=flight) for flight in flights])

    report = export_race(store, "R42", tmp_path / "out", "csv")

    assert len({track.path for track in report.tracks}) == 4


def test_a_flight_that_the_format_cannot_hold_is_told_and_costs_no_other(
    store: SqliteStore, tmp_path: Path
) -> None:
    """An IGC height has five digits."""
    store.write([make_fixes(flight=make_flight("1"), alt_m=200_000), make_fixes(flight=make_flight("2"))])

    report = export_race(store, "R42", tmp_path / "out", "igc")

    assert [failure.flight.bib for failure in report.failures] == ["1"]
    assert [track.flight.bib for track in report.tracks] == ["2"]


@pytest.mark.parametrize(("race_id", "bib"), [("C9", None), ("R42", "404")])
def test_nothing_stored_is_told(store: SqliteStore, tmp_path: Path, race_id: str, bib: str | None) -> None:
    """Of a race or a pilot, and no folder is left behind."""
    store.write([make_fixes()])

    with pytest.raises(RaceControlError, match="nothing is stored of"):
        export_race(store, race_id, tmp_path / "out", "igc", bib=bib)
    assert not (tmp_path / "out").exists()


def test_an_unknown_format_is_refused_before_anything_is_written(store: SqliteStore, tmp_path: Path) -> None:
    """With the formats that there are."""
    with pytest.raises(ConfigError, match="igc, csv"):
        export_race(store, "R42", tmp_path / "out", "kml")


def test_a_folder_that_cannot_be_made_is_told(store: SqliteStore, tmp_path: Path) -> None:
    """A file stands in its place."""
    store.write([make_fixes()])
    (tmp_path / "out").write_text("")

    with pytest.raises(RaceControlError, match="cannot be written"):
        export_race(store, "R42", tmp_path / "out", "igc")


def test_a_file_is_replaced_whole(store: SqliteStore, tmp_path: Path) -> None:
    """A second export leaves the newer content and nothing half written."""
    store.write([make_fixes([GUN_MS])])
    export_race(store, "R42", tmp_path / "out", "igc")
    store.write([make_fixes([GUN_MS + 1000])])

    (track,) = export_race(store, "R42", tmp_path / "out", "igc").tracks

    assert np.array_equal(read_igc(track.path, track.flight).fixes.time_ms, [GUN_MS, GUN_MS + 1000])
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["R42_118.igc"]
