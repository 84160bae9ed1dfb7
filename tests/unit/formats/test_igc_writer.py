"""IGC out: what is written reads back as the same fixes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from aerofiles.igc import Reader
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.fixes import MISSING, Fixes, Flight, Int32Column
from racecontrol.errors import FormatError
from racecontrol.formats.igc import read_igc
from racecontrol.formats.igc_layout import Layout, layout_for, on_grid
from racecontrol.formats.igc_writer import write_igc

FLIGHT = Flight("R42/118", "R42", "118", "igc")
NOON_MS = 1_779_796_800_000
DAY_MS = 86_400_000
HOUR_MS = 3_600_000

_Numbers = list[int]


@st.composite
def any_fixes(draw: st.DrawFn) -> Fixes:
    """Fixes of any place on earth but 0/0, of any time of this century, with gaps of any length."""
    size = draw(st.integers(1, 12))

    def column(low: int, high: int) -> Int32Column:
        return np.array(draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), np.int32)

    def optional(low: int, high: int) -> Int32Column | None:
        values = column(low, high)
        lacking = draw(st.lists(st.booleans(), min_size=size, max_size=size))
        values[np.array(lacking)] = MISSING
        return None if (values == MISSING).all() else values

    steps = draw(st.lists(st.integers(1, 2 * DAY_MS), min_size=size, max_size=size))
    # A flight whose pressure heights are all 0 is one without a sensor, so the first is another.
    pressure = optional(-600, 12_000)
    return Fixes(
        FLIGHT,
        draw(st.integers(0, DAY_MS)) + NOON_MS + np.cumsum(np.array(steps, np.int64)),
        column(1, 900_000_000) * np.int32(draw(st.sampled_from((-1, 1)))),
        column(-1_800_000_000, 1_800_000_000),
        optional(-600, 20_000),
        pressure if pressure is None or ((pressure != 0) & (pressure != MISSING)).any() else None,
        optional(0, 27_777),
        optional(0, 359),
    )


@given(any_fixes())
@settings(max_examples=150, deadline=None)
def test_any_fixes_read_back_the_same(fixes: Fixes) -> None:
    """Three digits of LAD and LOD tell every 1e-7 degree, and no column changes on the way."""
    track = read_igc(write_igc(fixes, {}), FLIGHT)

    assert track.fixes == fixes
    assert len(track.repairs) == 0


@given(st.integers(-1_800_000_000, 1_800_000_000), st.integers(0, 3))
def test_a_position_on_a_grid_stays_on_it(position_e7: int, digits: int) -> None:
    """What a file can tell is told unchanged, so rewriting a file moves nothing."""
    once = on_grid(np.array([position_e7], np.int32), digits)

    assert np.array_equal(on_grid(once, digits), once)


def _fixes(time_ms: _Numbers, lat_e7: int = 453_000_000, **columns: Int32Column) -> Fixes:
    size = len(time_ms)
    lat, lon = np.full(size, lat_e7, np.int32), np.full(size, 59_000_000, np.int32)
    return Fixes(FLIGHT, np.array(time_ms, np.int64), lat, lon, **columns)


def test_a_logger_track_gets_plain_records() -> None:
    """Positions on the grid of a thousandth of a minute at whole seconds need no extension column."""
    lines = write_igc(_fixes([NOON_MS]), {}).splitlines()

    assert lines[-1] == b"B1200004518000N00554000EV0000000000"


def test_extension_columns_are_declared() -> None:
    """The I record names the columns behind the 35 characters in the order in which they stand."""
    fixes = _fixes(
        [NOON_MS + 250],
        453_000_001,
        speed_cm_s=np.array([1100], np.int32),
        heading_deg=np.array([7], np.int32),
    )

    lines = write_igc(fixes, {}).splitlines()

    assert lines[-2:] == [
        b"I053638LAD3941LOD4243TDS4449GSP5052TRT",
        b"B1200004518000N00554000EV0000000000" + b"006" + b"000" + b"25" + b"039600" + b"007",
    ]


def test_midnight_needs_no_second_date() -> None:
    """A flight over midnight is written as loggers write it: the time of day steps back."""
    fixes = _fixes([NOON_MS + 12 * HOUR_MS - 1000, NOON_MS + 12 * HOUR_MS])

    content = write_igc(fixes, {})

    assert content.count(b"HFDTE") == 1
    assert read_igc(content, FLIGHT).fixes == fixes


def test_a_gap_of_half_a_day_gets_a_date() -> None:
    """After a night without fixes only a date record can say which day it is."""
    content = write_igc(_fixes([NOON_MS, NOON_MS + 20 * HOUR_MS]), {})

    assert content.count(b"HFDTE270526") == 1


def test_headers_are_cleaned_and_read_back() -> None:
    """No name can end its line or reach a terminal raw."""
    content = write_igc(_fixes([NOON_MS]), {"pilot": "Zoë\r\nB\x1b[2J", "glider": "Enzo 3"})

    headers = read_igc(content, FLIGHT).headers

    assert (headers["pilot"], headers["glider"]) == ("Zoë B[2J", "Enzo 3")


@pytest.mark.parametrize(
    ("column", "value"),
    [("gnss_alt_m", 100_000), ("pressure_alt_m", -10_000), ("speed_cm_s", 27_778), ("heading_deg", 360)],
)
def test_a_value_without_a_place_is_refused(column: str, value: int) -> None:
    """What five digits cannot hold is an error that names the value, never another value."""
    plain = _fixes([NOON_MS])
    fixes = Fixes(FLIGHT, plain.time_ms, plain.lat_e7, plain.lon_e7, **{column: np.array([value], np.int32)})

    with pytest.raises(FormatError, match=str(value)):
        write_igc(fixes, {})


def test_another_library_reads_the_same() -> None:
    """aerofiles, which does not know our reader, finds the same times, positions and heights in the file."""
    fixes = _fixes([NOON_MS, NOON_MS + 1000], gnss_alt_m=np.array([1234, -5], np.int32))

    records = Reader().read(io.StringIO(write_igc(fixes, {"pilot": "Zoë"}).decode()))["fix_records"]

    assert records[0] == []
    assert [record["datetime"].timestamp() * 1000 for record in records[1]] == fixes.time_ms.tolist()
    assert [round(record["lat"] * 1e7) for record in records[1]] == fixes.lat_e7.tolist()
    assert [round(record["lon"] * 1e7) for record in records[1]] == fixes.lon_e7.tolist()
    assert [record["gps_alt"] for record in records[1]] == [1234, -5]


def test_no_fixes_make_a_file_without_records() -> None:
    """A flight without fixes is a head only."""
    assert b"\r\nB" not in write_igc(_fixes([]), {"pilot": "Zoë"})


def test_layout_of_whole_hundredths_of_seconds() -> None:
    """TDS takes as many digits as the finest time needs."""
    assert layout_for(_fixes([NOON_MS, NOON_MS + 120])) == Layout(time_digits=2)
