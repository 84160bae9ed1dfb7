"""The text that Flymaster trackers post: a line that says who, a line a fix, and EOF.

    <serial>,<sha256 hex of serial and shared secret>
    <uploaded_at unix s>,<fix unix s>,<lat>,<lon>,<gps_alt m>,<speed km/h>,<heading>
    EOF

Trackers cannot be told what was wrong with a line and would send the same again, so a line that
cannot be is refused alone, by number and reason, and the others are taken.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from racecontrol.domain.fixes import Fixes, Flight, in_order, make_fixes
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_fields import LAT, LON
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError

MOST_LINES: Final = 20_000
"""Lines of one body; a tracker's memory holds fewer."""

_NUMBER: Final = r"[+-]?\d{1,12}(?:\.\d{1,12})?"
_LINE = re.compile(r"\s*,\s*".join([f"({_NUMBER})"] * 7), re.ASCII)
_FIRST = re.compile(r"([!-+\--~]{1,64}),([0-9A-Fa-f]{64})")
_NAMES: Final = ("uploaded_at", "time", "lat", "lon", "gps_alt", "speed", "heading")
_KEYS: Final = ("uploaded_at", "timestamp", *_NAMES[2:])
"""The same as `points_columns` knows them."""

_EARLIEST_S: Final = EARLIEST_MS // 1000
_LATEST_S: Final = LATEST_MS // 1000 - 1
_NOBODY: Final = Flight("")
_LOW_HIGH: Final = {
    "time": (_EARLIEST_S, _LATEST_S),
    "lat": (LAT.low, LAT.high),
    "lon": (LON.low, LON.high),
}


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line that was not taken. line: counted from 1."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class FlymasterBody:
    """A decoded body. digest: as sent, lower case. uploaded_at_ms: the latest told, UTC; None without a fix.

    fixes: of no flight yet. dropped: fixes with the time of an earlier one.
    """

    serial: str
    digest: str
    uploaded_at_ms: int | None
    fixes: Fixes
    refused: tuple[RefusedLine, ...]
    dropped: int


def decode_flymaster(body: bytes) -> FlymasterBody:
    """The body's fixes and its refused lines.

    Raises: FormatError where the first line does not say who sends, or EOF is missing: a torn body.
    Cost: 3 microseconds a line.
    """
    lines = _lines(body)
    who = _FIRST.fullmatch(lines[0])
    if who is None:
        raise FormatError("not a serial and the SHA-256 of it and the secret", line=1)
    rows: list[tuple[float, ...]] = []
    refused: list[RefusedLine] = []
    for number, line in enumerate(lines[1:-1], start=2):
        row = _row(line)
        if row is None:
            refused.append(RefusedLine(number, _why_not(line)))
        else:
            rows.append(row)
    fixes = _fixes(rows)
    uploaded_at_ms = max((round(row[0] * 1000) for row in rows), default=None)
    return FlymasterBody(
        who[1], who[2].lower(), uploaded_at_ms, fixes, tuple(refused), len(rows) - len(fixes)
    )


def _fixes(rows: list[tuple[float, ...]]) -> Fixes:
    if not rows:
        return make_fixes(_NOBODY, (), (), ())
    by_key = dict(zip(_KEYS, zip(*rows, strict=True), strict=True))
    columns = columns_of_values(by_key)
    if columns is None:
        raise FormatError("the fixes are at odds with each other", advice="send the whole body again")
    return in_order(columns.of_flight(_NOBODY))


def _lines(body: bytes) -> list[str]:
    # Latin-1 takes every byte; what is no digit is refused with its line.
    lines = body.decode("latin-1").rstrip("\r\n \t\0").split("\n")
    if len(lines) > MOST_LINES:
        raise FormatError(f"{len(lines)} lines", advice=f"send at most {MOST_LINES} at once")
    lines = [line.strip() for line in lines]
    if len(lines) < 2 or lines[-1] != "EOF":
        raise FormatError("the last line is not EOF", line=len(lines), advice="send the whole body again")
    return lines


def _row(line: str) -> tuple[float, ...] | None:
    """The numbers of a line that is a possible fix, in the order of _NAMES."""
    told = _LINE.fullmatch(line)
    if told is None:
        return None
    row = tuple(map(float, told.groups()))
    if not (_EARLIEST_S <= row[1] <= _LATEST_S and -90 <= row[2] <= 90 and -180 <= row[3] <= 180):
        return None
    return row


def _why_not(line: str) -> str:
    """What is wrong with a line that is no fix."""
    told = line.split(",")
    if len(told) != len(_NAMES):
        return f"{len(told)} fields, not {len(_NAMES)}"
    for name, text in zip(_NAMES, told, strict=True):
        if not re.fullmatch(_NUMBER, text.strip(), re.ASCII):
            return f"{name}: {clean_text(text, 20)!r} is no number"
        low, high = _LOW_HIGH.get(name, (-math.inf, math.inf))
        if not low <= float(text) <= high:
            return f"{name}: {clean_text(text, 20)} is not in {low:.10g}..{high:.10g}"
    return "not a fix"
