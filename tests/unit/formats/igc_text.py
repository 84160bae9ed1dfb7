"""IGC files in a few words, for the tests of their readers."""

from __future__ import annotations

from datetime import UTC, datetime

from racecontrol.domain.clock import to_ms
from racecontrol.domain.fixes import Flight
from racecontrol.domain.track import Track
from racecontrol.formats.igc import read_igc

FLIGHT = Flight("R42/118", "R42", "118", "igc")
HEADER = "AXXX001\nHFDTE260526\nHFPLTPILOTINCHARGE:Anna Berg\n"


def b_line(clock: str, place: str = "4533169N00606289E", tail: str = "A0084100895") -> str:
    """A B record. clock: HHMMSS. tail: validity, pressure and GNSS height, extension columns."""
    return f"B{clock}{place}{tail}\n"


def read_lines(*lines: str, header: str = HEADER) -> Track:
    """The track of these lines below a header of three lines."""
    return read_igc((header + "".join(lines)).encode(), FLIGHT, name="118.igc")


def utc_ms(hour: int, minute: int = 0, second: int = 0, *, day: int = 26) -> int:
    """A moment of May 2026 as UTC ms."""
    return to_ms(datetime(2026, 5, day, hour, minute, second, tzinfo=UTC))
