"""Fixes to an IGC file that reads back as the same fixes: every time, position and height, exactly.

The format: FAI Sporting Code section 7H, "Technical Specification for GNSS Flight Recorders",
appendix A (A3 H record, A4 B record, I record for extensions).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from racecontrol.domain.clock import utc
from racecontrol.domain.fixes import MISSING, Fixes, Int32Column
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.igc_layout import (
    HEADING_DIGITS,
    PLAIN_WIDTH,
    SPEED_DIGITS,
    Layout,
    extension_records,
    layout_for,
    scaled_minutes,
)

DAY_MS = 86_400_000
NEWLINE = b"\r\n"
PRESSURE_AT = 25
GNSS_AT = 30
"""Where the heights stand in a B record, counted from 0."""

MAKER = b"AXXXRCXracecontrol"
"""The A record: XXX is the code of makers that have none."""

HEADER_LINES = {
    "pilot": "HFPLTPILOTINCHARGE",
    "glider": "HFGTYGLIDERTYPE",
    "glider id": "HFGIDGLIDERID",
    "competition id": "HFCIDCOMPETITIONID",
    "firmware": "HFRFWFIRMWAREVERSION",
}
"""Names of `Track.headers` and the H records they are written as."""

_Lines = npt.NDArray[np.uint8]


def write_igc(fixes: Fixes, headers: Mapping[str, str]) -> bytes:
    """A whole IGC file, UTF-8, CRLF.

    headers: texts by the names of HEADER_LINES; other names are left out.
    A fix without a GNSS height is written as `V` with height 00000. A flight without pressure
    heights has 00000 throughout, as loggers without a sensor write it; a fix that alone lacks it has -----.
    Raises: FormatError for a height, speed or heading that has no place in a B record.
    Cost: O(n), about 0.5 s a million fixes.
    """
    layout = layout_for(fixes)
    head = [MAKER, *_date_record(fixes), *_texts(headers), *extension_records(layout)]
    first, *others = _days(fixes)
    parts = [NEWLINE.join([*head, b_records(first, layout)])]
    for day in others:
        parts += [*_date_record(day), NEWLINE, b_records(day, layout)]
    return b"".join(parts)


def b_records(fixes: Fixes, layout: Layout) -> bytes:
    """The B records of the fixes in this order, each with its line end.

    Raises: FormatError for a value that has no place in a B record.
    """
    width = PLAIN_WIDTH + sum(digits for _, digits in layout.extensions())
    lines: _Lines = np.empty((len(fixes), width + len(NEWLINE)), np.uint8)
    lines[:, width:] = np.frombuffer(NEWLINE, np.uint8)
    lines[:, 0] = ord("B")
    _write_extensions(lines, fixes, layout)
    second_of_day = fixes.time_ms % DAY_MS // 1000
    clock = second_of_day // 3600 * 10_000 + second_of_day // 60 % 60 * 100 + second_of_day % 60
    _write_digits(lines, 1, 6, clock)
    _write_position(lines, 7, 2, fixes.lat_e7, layout.position_digits, b"NS")
    _write_position(lines, 15, 3, fixes.lon_e7, layout.position_digits, b"EW")
    has_height = np.zeros(len(fixes), np.bool_) if fixes.gnss_alt_m is None else fixes.gnss_alt_m != MISSING
    lines[:, 24] = np.where(has_height, ord("A"), ord("V"))
    _write_height(lines, PRESSURE_AT, fixes.pressure_alt_m, "pressure height")
    _write_height(lines, GNSS_AT, fixes.gnss_alt_m, "GNSS height")
    return lines.tobytes()


def _days(fixes: Fixes) -> list[Fixes]:
    """The fixes cut where a reader could not tell the day: one part, unless there is a gap of half a day.

    A B record has a time of day only. A step back of more than 12 h is midnight to any reader; what a
    longer gap means, only a date record can say.
    """
    if not (np.diff(fixes.time_ms) >= DAY_MS // 2).any():
        return [fixes]
    cuts = np.flatnonzero(np.diff(fixes.time_ms // DAY_MS)) + 1
    bounds = [0, *map(int, cuts), len(fixes)]
    return [fixes.select(slice(start, end)) for start, end in pairwise(bounds)]


def _date_record(fixes: Fixes) -> Iterator[bytes]:
    if len(fixes):
        yield f"HFDTE{utc(int(fixes.time_ms[0])):%d%m%y}".encode()


def _texts(headers: Mapping[str, str]) -> Iterator[bytes]:
    for name, record in HEADER_LINES.items():
        if text := clean_text(headers.get(name, ""), 60):
            yield f"{record}:{text}".encode()
    yield b"HFDTM100GPSDATUM:WGS-1984"


def _write_position(
    lines: _Lines, at: int, degree_digits: int, position_e7: Int32Column, digits: int, signs: bytes
) -> None:
    """DDMMmmm and the hemisphere; the digits after those stand in LAD or LOD."""
    whole = scaled_minutes(position_e7, digits) // 10**digits
    _write_digits(lines, at, degree_digits, whole // 60_000)
    _write_digits(lines, at + degree_digits, 5, whole % 60_000)
    lines[:, at + degree_digits + 5] = np.where(position_e7 < 0, signs[1], signs[0])


def _write_height(lines: _Lines, at: int, height_m: Int32Column | None, name: str) -> None:
    if height_m is None:
        lines[:, at : at + 5] = ord("0")
        return
    known = np.where(height_m == MISSING, 0, height_m)
    _refuse_outside(known, -9999, 99_999, name)
    _write_digits(lines, at, 5, np.abs(known))
    lines[known < 0, at] = ord("-")
    if at == PRESSURE_AT:
        # 00000 would be a height; on a V fix without GNSS height it is none.
        lines[height_m == MISSING, at : at + 5] = ord("-")


def _write_extensions(lines: _Lines, fixes: Fixes, layout: Layout) -> None:
    at = PLAIN_WIDTH
    digits = layout.position_digits
    for position_e7 in (fixes.lat_e7, fixes.lon_e7):
        _write_digits(lines, at, digits, scaled_minutes(position_e7, digits) % 10**digits)
        at += digits
    _write_digits(lines, at, layout.time_digits, fixes.time_ms % 1000 // 10 ** (3 - layout.time_digits))
    at += layout.time_digits
    if layout.has_speed and fixes.speed_cm_s is not None:
        _refuse_outside(fixes.speed_cm_s, 0, 27_777, "speed in cm/s")
        _write_known(lines, at, SPEED_DIGITS, fixes.speed_cm_s, 36)
        at += SPEED_DIGITS
    if layout.has_heading and fixes.heading_deg is not None:
        _refuse_outside(fixes.heading_deg, 0, 359, "heading")
        _write_known(lines, at, HEADING_DIGITS, fixes.heading_deg, 1)


def _write_known(lines: _Lines, at: int, width: int, column: Int32Column, factor: int) -> None:
    """The column times `factor`; spaces where a fix lacks the value."""
    known = column != MISSING
    _write_digits(lines, at, width, np.where(known, column, 0).astype(np.int64) * factor)
    lines[~known, at : at + width] = ord(" ")


def _write_digits(lines: _Lines, at: int, width: int, values: npt.NDArray[np.integer]) -> None:
    rest = values
    for place in range(at + width - 1, at - 1, -1):
        lines[:, place] = rest % 10 + ord("0")
        rest = rest // 10


def _refuse_outside(column: npt.NDArray[np.integer], least: int, most: int, name: str) -> None:
    known = column[column != MISSING]
    wrong = known[(known < least) | (known > most)]
    if wrong.size:
        raise FormatError(
            f"a {name} of {int(wrong[0])} has no place in an IGC file",
            advice="export it as csv, geojson or parquet",
        )
