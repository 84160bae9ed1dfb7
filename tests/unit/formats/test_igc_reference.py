"""Ten thousand lines, a third of them damaged: each is read as a plain reference reads it, or refused."""

from __future__ import annotations

import random
import re
from itertools import product

import pytest

from racecontrol.domain.track import RepairKind, Track
from racecontrol.formats.igc import read_igc
from tests.unit.formats.igc_text import FLIGHT, HEADER, b_line, utc_ms

LINES = 10_000
HEADER_LINES = HEADER.count("\n")

RECORD = re.compile(
    rb"B([01]\d|2[0-3])([0-5]\d)([0-5]\d)(\d\d)([0-5]\d)(\d{3})([NS])(\d{3})([0-5]\d)(\d{3})([EW])"
    rb"[AV](.{5})(.{5})",
    re.DOTALL,
)
HEIGHT = re.compile(rb"\s*0*[+-]?\d+\s*|[ -]*")
"""A B record as the IGC specification, A4.1, has it, with heights as loggers write them."""


def expected_of(line: bytes) -> tuple[int, int, int] | None:
    """Time of day in s, and latitude and longitude in 1e-7 degree; None for no good record."""
    match = RECORD.match(line)
    if match is None:
        return None
    hour, minute, second, lat, lat_min, lat_dec, north, lon, lon_min, lon_dec, east, *heights = match.groups()
    if not all(HEIGHT.fullmatch(height) for height in heights):
        return None
    lat_e7 = round((int(lat) + (int(lat_min) + int(lat_dec) / 1000) / 60) * 1e7) * (
        1 if north == b"N" else -1
    )
    lon_e7 = round((int(lon) + (int(lon_min) + int(lon_dec) / 1000) / 60) * 1e7) * (1 if east == b"E" else -1)
    if abs(lat_e7) > 90e7 or abs(lon_e7) > 180e7 or (lat_e7 == 0 and lon_e7 == 0):
        return None
    return int(hour) * 3600 + int(minute) * 60 + int(second), lat_e7, lon_e7


def damaged(dice: random.Random, line: bytes) -> bytes:
    """The line as a bad card or a bad link leaves it; still a B record, and still one line."""
    kind = dice.randrange(4)
    at = dice.randrange(1, len(line))
    if kind == 0:
        return line[:at]
    if kind == 1:
        return line[:at] + bytes([dice.choice([0, 32, 45, 57, 65, 128, 255])]) + line[at + 1 :]
    if kind == 2:
        return line[:7] + b"9999" + line[11:]
    return line[:at] + dice.randbytes(3).translate(bytes.maketrans(b"\r\n", b"..")) + line[at:]


@pytest.mark.parametrize("seed", range(2))
def test_every_line_is_as_the_reference_says(seed: int) -> None:
    """A good line is a fix with its time and place, or told as late or doubled; a bad one is refused."""
    dice = random.Random(seed)
    lines = []
    for number in range(LINES):
        clock = f"{8 + number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}"
        place = f"45{dice.randrange(60_000):05d}N006{dice.randrange(60_000):05d}E"
        line = b_line(clock, place).rstrip().encode()
        lines.append(damaged(dice, line) if dice.random() < 0.3 else line)
    track = read_igc(HEADER.encode() + b"\n".join(lines), FLIGHT, name="118.igc")

    check(track, lines)


def check(track: Track, lines: list[bytes]) -> None:
    fixes = track.fixes
    found = {
        (time_ms, lat, lon)
        for time_ms, lat, lon in zip(
            fixes.time_ms.tolist(), fixes.lat_e7.tolist(), fixes.lon_e7.tolist(), strict=True
        )
    }
    told = {repair.line: repair for repair in track.repairs}
    for number, line in enumerate(lines, HEADER_LINES + 1):
        expected = expected_of(line)
        repair = told.get(number)
        if expected is None:
            assert repair is not None, line
            assert (repair.kind, repair.reason != "") == (RepairKind.REFUSED, True), line
        elif repair is None or repair.kind is RepairKind.OUT_OF_ORDER:
            assert found & _around(expected), line
        else:
            assert repair.kind is not RepairKind.REFUSED, (line, repair)


def _around(expected: tuple[int, int, int]) -> set[tuple[int, int, int]]:
    """What the reference says, give or take a rounding, on this day and, after a real midnight, the next."""
    second, lat, lon = expected
    return {
        (utc_ms(0) + (day * 86_400 + second) * 1000, lat + one, lon + other)
        for day, one, other in product((-1, 0, 1), repeat=3)
    }
