"""The B records of an IGC file as columns, in the order of the file, each with its verdict.

    B HHMMSS DDMMmmmN DDDMMmmmE A PPPPP GGGGG   (35 characters, no spaces), then the I record's columns

All lines are cut at once: an (n, 35) window into the file's bytes, turned into one column of
digits a character. Format: FAI Sporting Code section 7H, technical specification, A4.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import DEGREE_E7, MISSING, Int32Column, Int64Column
from racecontrol.formats.igc_extensions import ZERO, Extension, ExtensionReader
from racecontrol.formats.igc_lines import Lines, Offsets

RECORD_LENGTH: Final = 35

REASONS: Final = (
    "",
    "shorter than 35 characters",
    "something else than digits in the time or the position",
    "no such time of day",
    "no hemisphere N or S, E or W",
    "minutes of 60 or more in the position",
    "latitude beyond 90 degrees",
    "longitude beyond 180 degrees",
    "position 0/0: the tracker had none yet",
    "a validity other than A or V",
    "a height that is no number",
)
"""What is wrong with a line, by the numbers of `BRecords.verdict`. Where several are, the first stands."""

_Verdict = npt.NDArray[np.uint8]
_Mask = npt.NDArray[np.bool_]
_Columns = npt.NDArray[np.uint8]
"""One row a character position, one column a record."""

_MINUS: Final = ord("-")
_HEIGHT: Final = re.compile(rb"\s*0*([+-]?[0-9]+)\s*")
_WHOLE_DIGITS: Final = 3
"""Digits of GSP and TRT before the decimal point: km/h and degrees."""

_MOST_POSITION_DIGITS: Final = 6
"""Digits of LAD and LOD that are used: with six, 1e-9 minute, all sums stay in 64 bits."""


@dataclass(frozen=True, slots=True)
class BRecords:
    """Every B record of a file, in its order. Units as in `Fixes`.

    row: the record's line, counted from 0. verdict: index in REASONS, 0 for a good one.
    time_of_day_ms: UTC, -1 where it cannot be read.
    """

    row: Offsets
    verdict: _Verdict
    time_of_day_ms: Int64Column
    lat_e7: Int32Column
    lon_e7: Int32Column
    gnss_alt_m: Int32Column
    pressure_alt_m: Int32Column
    speed_cm_s: Int32Column | None
    heading_deg: Int32Column | None


def read_records(lines: Lines, extensions: Mapping[str, slice]) -> BRecords:
    """Read all B records. extensions: columns of the line by their code."""
    rows = lines.rows_of("B")
    starts, lengths = lines.starts[rows], lines.ends[rows] - lines.starts[rows]
    window = np.lib.stride_tricks.sliding_window_view(lines.chars, RECORD_LENGTH)
    chars = np.ascontiguousarray(window[starts].T)
    digits = chars - np.uint8(ZERO)
    fields = ExtensionReader(lines.chars, starts, lengths, extensions)

    clock_ms, is_time = _time_of_day(digits, fields)
    lat = _Position(chars, digits, 7, 2, fields.read("LAD"))
    lon = _Position(chars, digits, 15, 3, fields.read("LOD"))
    pressure_m, is_pressure = _height(chars, digits, 25)
    gnss_m, is_gnss = _height(chars, digits, 30)
    is_valid_3d, is_valid_2d = chars[24] == ord("A"), chars[24] == ord("V")
    gnss_m[is_valid_2d & (gnss_m == 0)] = MISSING
    is_number = _are_digits(digits, 1, 7) & lat.is_number & lon.is_number
    verdict = _first_fault(
        lengths < RECORD_LENGTH,
        ~is_number,
        ~is_time,
        ~((lat.is_positive | lat.is_negative) & (lon.is_positive | lon.is_negative)),
        (lat.minutes >= 60_000) | (lon.minutes >= 60_000),
        lat.e7 > 90 * DEGREE_E7,
        lon.e7 > 180 * DEGREE_E7,
        (lat.e7 == 0) & (lon.e7 == 0),
        ~(is_valid_3d | is_valid_2d),
        ~(is_pressure & is_gnss),
    )
    is_time &= _are_digits(digits, 1, 7) & (lengths >= 7)
    return BRecords(
        row=rows,
        verdict=verdict,
        time_of_day_ms=np.where(is_time, clock_ms, -1),
        lat_e7=lat.signed_e7(),
        lon_e7=lon.signed_e7(),
        gnss_alt_m=gnss_m,
        pressure_alt_m=pressure_m,
        speed_cm_s=_speed(fields.read("GSP")),
        heading_deg=_heading(fields.read("TRT")),
    )


class _Position:
    """A latitude or a longitude of all records: without its sign, with its extra digits."""

    def __init__(
        self, chars: _Columns, digits: _Columns, at: int, degree_digits: int, extra: Extension | None
    ) -> None:
        end = at + degree_digits + 5
        self.is_number = _are_digits(digits, at, end)
        self.minutes = _number(digits, at + degree_digits, end)
        thousandths = _number(digits, at, at + degree_digits) * 60_000 + self.minutes
        self.e7 = _e7(thousandths, extra)
        positive, negative = b"NS" if degree_digits == 2 else b"EW"
        self.is_positive = chars[end] == positive
        self.is_negative = chars[end] == negative

    def signed_e7(self) -> Int32Column:
        signed: Int32Column = np.where(self.is_negative, -self.e7, self.e7).astype(np.int32)
        return signed


def _e7(thousandths: Int64Column, extra: Extension | None) -> Int64Column:
    """Thousandths of a minute and further digits of it as 1e-7 degree, rounded half up: 6e-6 minutes each."""
    if extra is None:
        return (thousandths * 1000 + 3) // 6
    digits = min(extra.digits, _MOST_POSITION_DIGITS)
    scale = 10**digits
    finest = thousandths * scale + extra.value // 10 ** (extra.digits - digits)
    rounded: Int64Column = (finest * 1000 + 3 * scale) // (6 * scale)
    return rounded


def _time_of_day(digits: _Columns, fields: ExtensionReader) -> tuple[Int64Column, _Mask]:
    """Milliseconds after midnight, and where they are a time of day at all."""
    hours, minutes, seconds = (_number(digits, at, at + 2) for at in (1, 3, 5))
    clock_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
    if (fraction := fields.read("TDS")) is not None:
        clock_ms = clock_ms + fraction.value * 1000 // 10**fraction.digits
    return clock_ms, (hours < 24) & (minutes < 60) & (seconds < 60)


def _height(chars: _Columns, digits: _Columns, at: int) -> tuple[Int32Column, _Mask]:
    """A height in metres, and where it can be read. Blanks and dashes are MISSING."""
    is_negative = chars[at] == _MINUS
    is_plain = _are_digits(digits, at + 1, at + 5) & ((digits[at] <= 9) | is_negative)
    below = _number(digits, at + 1, at + 5)
    height = np.where(is_negative, -below, below + digits[at].astype(np.int64) * 10_000).astype(np.int32)
    for place in np.flatnonzero(~is_plain):
        text = chars[at : at + 5, place].tobytes()
        if not text.strip(b" -"):
            height[place], is_plain[place] = MISSING, True
        elif match := _HEIGHT.fullmatch(text):
            height[place], is_plain[place] = int(match[1]), True
    return height, is_plain


def _speed(ground_speed: Extension | None) -> Int32Column | None:
    """cm/s out of km/h: three digits before the point, the others after it."""
    if ground_speed is None:
        return None
    per_km_h = 10 ** max(0, ground_speed.digits - _WHOLE_DIGITS)
    cm_s = (ground_speed.value * 500 + 9 * per_km_h) // (18 * per_km_h)
    return np.where(ground_speed.is_known, cm_s, MISSING).astype(np.int32)


def _heading(true_track: Extension | None) -> Int32Column | None:
    """Whole degrees, 0..359: three digits before the point."""
    if true_track is None:
        return None
    degrees = true_track.value // 10 ** max(0, true_track.digits - _WHOLE_DIGITS) % 360
    return np.where(true_track.is_known, degrees, MISSING).astype(np.int32)


def _are_digits(digits: _Columns, start: int, end: int) -> _Mask:
    is_number: _Mask = np.logical_and.reduce(digits[start:end] <= 9)
    return is_number


def _number(digits: _Columns, start: int, end: int) -> Int64Column:
    value: Int64Column = digits[start].astype(np.int64)
    for place in range(start + 1, end):
        value = value * 10 + digits[place]
    return value


def _first_fault(*faults: _Mask) -> _Verdict:
    """The number of the first fault of each record, in the order of REASONS; 0 for none."""
    verdict = np.zeros(len(faults[0]), np.uint8)
    for number in range(len(faults), 0, -1):
        verdict[faults[number - 1]] = number
    return verdict
