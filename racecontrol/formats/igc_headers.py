"""What an IGC file says of itself: its dates, its extension columns, and who flew what.

aerofiles reads the texts of H records line by line, so that one bad line costs that line
only; where it gives up, the text after the colon stands. Dates are read here alone: aerofiles
fails the whole file on a missing date or on one with text glued to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from aerofiles.igc.reader import LowLevelReader

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.igc_lines import Lines
from racecontrol.formats.source import decode_text

HEADER_CELLS: Final = 60
"""Terminal cells that a header's text may take."""

_MOST_RECORDS: Final = 200
"""Header records and dates looked at; loggers write about 20, and one date."""

_NAMES: Final = {
    "PLT": ("pilot", "pilot"),
    "CM2": ("copilot", "copilot"),
    "GTY": ("glider", "glider_model"),
    "GID": ("glider id", "glider_registration"),
    "CID": ("competition id", "competition_id"),
    "CCL": ("competition class", "competition_class"),
    "RFW": ("firmware", "firmware_revision"),
    "SIT": ("site", "site"),
}
"""The three-letter codes we keep: their name in `Track.headers` and in aerofiles."""

_AEROFILES_FAULTS: Final = (ValueError, TypeError, KeyError, IndexError, AttributeError, NotImplementedError)
"""What aerofiles is known to raise on lines of real files."""

_DATE: Final = re.compile(rb"H[A-Z]DTE\s*(?:DATE)?\s*:?\s*([0-9]{6})")
_EXTENSION: Final = re.compile(rb"([0-9]{2})([0-9]{2})([A-Z0-9]{3})")


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date record. row: its line, counted from 0. day_ms: UTC ms of the day's midnight."""

    row: int
    day_ms: int


def read_dates(lines: Lines, name: str = "") -> list[DateLine]:
    """The dates in the order of the file, one at least, none twice; each holds for the fixes after it.

    A date to which the file comes back was never left: a real tracker put two fixes seven years ahead.
    Raises: FormatError where there is none, or none that exists in the calendar.
    """
    found: list[DateLine] = []
    bad: tuple[int, str] | None = None
    for row in _date_rows(lines):
        match = _DATE.match(lines.bytes_of(row, 40))
        if match is None:
            continue
        digits = match[1].decode()
        day_ms = _day_ms(digits)
        if day_ms is None:
            bad = bad or (row + 1, digits)
            continue
        left = next((at for at, date in enumerate(found) if date.day_ms == day_ms), None)
        if left is None:
            found.append(DateLine(row, day_ms))
        else:
            del found[left + 1 :]
    if found:
        return found
    advice = "add a line HFDTEDDMMYY with the UTC day of the first fix"
    if bad:
        raise FormatError(f"no such date as {bad[1]} (DDMMYY)", path=name, line=bad[0], advice=advice)
    if not lines.letters.any():
        raise FormatError("the file is empty", path=name, advice="download the track again")
    if not len(lines.rows_of("B")):
        what = "no IGC file: neither a date nor a fix in it"
        raise FormatError(what, path=name, advice="download the track again")
    raise FormatError("no date (HFDTE record)", path=name, advice=advice)


def read_texts(lines: Lines) -> Mapping[str, str]:
    """The cleaned texts of the H records by the names we use; the first of a name stands."""
    texts: dict[str, str] = {}
    for row in map(int, lines.rows_of("H")[:_MOST_RECORDS]):
        line = decode_text(lines.bytes_of(row))
        names = _NAMES.get(line[2:5])
        if names is None or names[0] in texts:
            continue
        if text := clean_text(_text_of(line, names[1]), HEADER_CELLS):
            texts[names[0]] = text
    return texts


def read_extensions(lines: Lines) -> Mapping[str, slice]:
    """The extra columns of the B records by code, as slices of a line; the first I record with any stands."""
    for row in map(int, lines.rows_of("I")[:_MOST_RECORDS]):
        columns = {
            code.decode(): slice(int(first) - 1, int(last))
            for first, last, code in _EXTENSION.findall(lines.bytes_of(row)[3:])
            if 36 <= int(first) <= int(last)
        }
        if columns:
            return columns
    return {}


def _date_rows(lines: Lines) -> list[int]:
    rows = lines.rows_of("H")
    is_date = np.ones(len(rows), np.bool_)
    for place, letter in enumerate(b"DTE", 2):
        is_date &= lines.chars[lines.starts[rows] + place] == letter
    return [int(row) for row in rows[is_date][:_MOST_RECORDS]]


def _text_of(line: str, key: str) -> str:
    try:
        value = LowLevelReader.decode_H_record(line).get(key)
    except _AEROFILES_FAULTS:
        return line[5:].rpartition(":")[2]
    return value if isinstance(value, str) else ""


def _day_ms(digits: str) -> int | None:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    try:
        flown = date(year + (2000 if year < 80 else 1900), month, day)
    except ValueError:
        return None
    return (flown - date(1970, 1, 1)).days * 86_400_000
