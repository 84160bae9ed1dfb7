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

from racecontrol.domain.fixes import Fixes, Flight, in_order
from racecontrol.domain.points_fields import LAT, LON
from racecontrol.domain.points_one import read_points
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError

MOST_LINES: Final = 20_000
"""Lines of one body; a tracker's memory holds fewer."""

_NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?")
_FIRST = re.compile(r"([!-+\--~]{1,64}),([0-9A-Fa-f]{64})")
_NAMES: Final = ("uploaded_at", "time", "lat", "lon", "gps_alt", "speed", "heading")
_LOW_HIGH: Final = {
    "time": (EARLIEST_MS // 1000, LATEST_MS // 1000 - 1),
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
    Cost: 2 microseconds a line.
    """
    lines = _lines(body)
    who = _FIRST.fullmatch(lines[0])
    if who is None:
        raise FormatError("not a serial and the SHA-256 of it and the secret", line=1)
    points: list[dict[str, float]] = []
    refused: list[RefusedLine] = []
    for number, line in enumerate(lines[1:-1], start=2):
        told = _point(line)
        if isinstance(told, str):
            refused.append(RefusedLine(number, told))
        else:
            points.append(told)
    columns = read_points(points)
    fixes = in_order(columns.of_flight(Flight("")))
    uploaded_at_ms = max((round(point["uploaded_at"] * 1000) for point in points), default=None)
    return FlymasterBody(
        who[1], who[2].lower(), uploaded_at_ms, fixes, tuple(refused), len(points) - len(fixes)
    )


def _lines(body: bytes) -> list[str]:
    # Latin-1 takes every byte; what is no digit is refused with its line.
    lines = body.decode("latin-1").rstrip("\r\n \t\0").split("\n")
    if len(lines) > MOST_LINES:
        raise FormatError(f"{len(lines)} lines", advice=f"send at most {MOST_LINES} at once")
    lines = [line.strip() for line in lines]
    if len(lines) < 2 or lines[-1] != "EOF":
        raise FormatError("the last line is not EOF", line=len(lines), advice="send the whole body again")
    return lines


def _point(line: str) -> dict[str, float] | str:
    """The line's point, by the names that `points_fields` knows, or why there is none."""
    told = line.split(",")
    if len(told) != len(_NAMES):
        return f"{len(told)} fields, not {len(_NAMES)}"
    numbers: dict[str, float] = {}
    for name, text in zip(_NAMES, told, strict=True):
        if not _NUMBER.fullmatch(text.strip()):
            return f"{name}: {clean_text(text, 20)!r} is no number"
        numbers[name] = value = float(text)
        low, high = _LOW_HIGH.get(name, (-math.inf, math.inf))
        if not low <= value <= high:
            return f"{name}: {clean_text(text, 20)} is not in {low:.10g}..{high:.10g}"
    numbers["timestamp"] = numbers.pop("time")
    return numbers
