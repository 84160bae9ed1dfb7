"""Tracks out in every format: equal to what went in, safe to open."""

from __future__ import annotations

import csv
import io
import json
import sys
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.clock import to_ms
from racecontrol.domain.fixes import MISSING, OPTIONAL_COLUMNS, Fixes, Flight, Int32Column
from racecontrol.errors import ConfigError
from racecontrol.formats.csv_writer import safe_cell
from racecontrol.formats.export import FORMATS, file_suffix, track_file_name, write_track
from racecontrol.formats.igc import read_igc

FLIGHT = Flight("R42/118", "R42", "118", "igc")
PILOT = "Zoë O'Hara"


def _column(*values: int | None) -> Int32Column:
    return np.array([MISSING if value is None else value for value in values], np.int32)


def _fixes() -> Fixes:
    """Three fixes with everything that a format can get wrong: milliseconds, signs, and values that lack."""
    return Fixes(
        FLIGHT,
        np.array([1_779_796_800_000, 1_779_796_801_007, 1_779_883_200_000], np.int64),
        _column(453_000_001, -899_999_999, 1),
        _column(-59_000_007, 1_799_999_999, -1),
        _column(1200, None, -30),
        _column(None, 1150, 0),
        _column(1111, None, 0),
        None,
    )


def _whole(rows: list[dict[str, int | None]]) -> Fixes:
    """Rows of named values as `Fixes`; a column that no row has is None."""
    columns = {
        name: _column(*(row[name] for row in rows)) if name in rows[0] else None for name in OPTIONAL_COLUMNS
    }
    return Fixes(
        FLIGHT,
        np.array([row["time"] for row in rows], np.int64),
        _column(*(row["lat"] for row in rows)),
        _column(*(row["lon"] for row in rows)),
        **columns,
    )


def _ms(iso: str) -> int:
    return to_ms(datetime.fromisoformat(iso))


def _from_csv(content: bytes) -> Fixes:
    def value(name: str, cell: str) -> int | None:
        if name == "time":
            return _ms(cell)
        if name in ("lat", "lon"):
            return int(cell.replace(".", ""))
        return int(cell) if cell else None

    lines = csv.DictReader(io.StringIO(content.decode(), newline=""))
    texts = {"flight_id", "bib", "pilot"}
    return _whole([{n: value(n, c) for n, c in line.items() if n not in texts} for line in lines])


def _from_geojson(content: bytes) -> Fixes:
    feature = json.loads(content)["features"][0]
    beside = {name: feature["properties"][name] for name in OPTIONAL_COLUMNS if name in feature["properties"]}
    rows: list[dict[str, int | None]] = [
        {
            "time": _ms(iso),
            "lon": round(place[0] * 1e7),
            "lat": round(place[1] * 1e7),
            "gnss_alt_m": place[2] if len(place) == 3 else None,
            **{name: values[at] for name, values in beside.items()},
        }
        for at, (iso, place) in enumerate(
            zip(feature["properties"]["coordTimes"], feature["geometry"]["coordinates"], strict=True)
        )
    ]
    return _whole(rows)


def _from_parquet(content: bytes) -> Fixes:
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = parquet.read_table(io.BytesIO(content)).to_pylist()
    return _whole(
        [
            {
                **row,
                "time": to_ms(row["time"]),
                "lat": round(row["lat"] * 1e7),
                "lon": round(row["lon"] * 1e7),
            }
            for row in rows
        ]
    )


READERS = {
    "igc": lambda content: read_igc(content, FLIGHT).fixes,
    "csv": _from_csv,
    "geojson": _from_geojson,
    "parquet": _from_parquet,
}


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_track_reads_back_as_it_went_in(file_format: str) -> None:
    """No format changes a time, a position, a height or a speed, or invents one that lacked."""
    content = write_track(_fixes(), pilot_name=PILOT, file_format=file_format)

    assert READERS[file_format](content) == _fixes()


@pytest.mark.parametrize("file_format", FORMATS)
def test_no_fixes_can_be_written(file_format: str) -> None:
    """A flight without fixes is a file too."""
    assert write_track(_fixes().select(slice(0, 0)), pilot_name=PILOT, file_format=file_format)


def test_one_fix_is_a_point_in_geojson() -> None:
    """A line of one place is not allowed in GeoJSON."""
    feature = json.loads(write_track(_fixes().select(slice(0, 1)), pilot_name=PILOT, file_format="geojson"))

    assert feature["features"][0]["geometry"] == {
        "type": "Point",
        "coordinates": [-5.9000007, 45.3000001, 1200],
    }


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1"])
def test_a_csv_name_runs_no_formula(name: str) -> None:
    """A spreadsheet shows a name that looks like a formula instead of running it."""
    content = write_track(_fixes(), pilot_name=name, file_format="csv")

    shown = next(csv.DictReader(io.StringIO(content.decode(), newline="")))["pilot"]

    assert shown.startswith("'")


@given(st.text(max_size=40))
def test_a_csv_cell_is_one_line(text: str) -> None:
    """Whatever a name holds, its cell holds no control character and starts no formula."""
    cell = safe_cell(text)

    assert cell.isprintable()
    assert not cell.startswith(("=", "+", "-", "@"))


def test_a_negative_number_is_no_formula() -> None:
    """Only text is guarded: a western longitude stays a number."""
    content = write_track(_fixes(), pilot_name=PILOT, file_format="csv")

    assert b",-5.9000007," in content


def test_an_unknown_format_names_those_there_are() -> None:
    """A wrong format is a usage error that lists the right ones."""
    with pytest.raises(ConfigError, match="igc, csv, geojson, parquet"):
        write_track(_fixes(), pilot_name=PILOT, file_format="kml")


def test_parquet_without_pyarrow_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet is an extra; without it the error is the command that installs it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(ConfigError, match=r"racecontrol\[parquet\]"):
        write_track(_fixes(), pilot_name=PILOT, file_format="parquet")


def test_a_file_is_named_by_race_and_bib() -> None:
    """An ordinary bib stands in the file's name as it is."""
    assert track_file_name("R42", "118", "igc") == "R42_118.igc"


def test_a_suffix_has_its_dot() -> None:
    """A format's files end in its name."""
    assert file_suffix("geojson") == ".geojson"


@given(st.text(max_size=120))
def test_any_bib_gives_a_safe_file_name(bib: str) -> None:
    """No bib leads out of the folder, hides the file, or makes a name that a disk refuses."""
    name = track_file_name("R42", bib, "csv")

    assert name.removeprefix("R42_").removesuffix(".csv").replace("-", "").replace("_", "").isalnum()
    assert len(name) < 80


def test_bibs_that_differ_in_a_sign_have_files_of_their_own() -> None:
    """Two bibs whose safe letters are the same do not overwrite each other."""
    assert track_file_name("R42", "1/2", "csv") != track_file_name("R42", "1:2", "csv")
