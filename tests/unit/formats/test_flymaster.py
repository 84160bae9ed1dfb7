"""Decoding of the text that Flymaster trackers post."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.errors import FormatError
from racecontrol.formats.flymaster import RefusedLine, decode_flymaster

DIGEST = "ab" * 32
LINE = "1779795910,1779795900,45.9,6.2,1500,36,360"


def text(*lines: str, end: str = "EOF\n") -> bytes:
    return "\n".join((f"12345,{DIGEST}", *lines, end)).encode()


def test_a_line_gives_a_fix() -> None:
    """Speed is told in km/h; a heading of 360 is north."""
    body = decode_flymaster(text(LINE))
    fixes = body.fixes

    assert (body.serial, body.digest, body.uploaded_at_ms) == ("12345", DIGEST, 1_779_795_910_000)
    assert (fixes.time_ms.tolist(), fixes.lat_e7.tolist()) == ([1_779_795_900_000], [459_000_000])
    assert fixes.speed_cm_s is not None
    assert fixes.speed_cm_s.tolist() == [1000]
    assert fixes.heading_deg is not None
    assert fixes.heading_deg.tolist() == [0]


def test_refused_lines_have_number_and_reason() -> None:
    """The lines beside them are taken."""
    body = decode_flymaster(
        text(
            LINE,
            "1,2,3",
            LINE.replace("45.9", "95"),
            LINE.replace("1779795900", "0"),
            LINE.replace("6.2", "x"),
        )
    )

    assert body.refused == (
        RefusedLine(3, "3 fields, not 7"),
        RefusedLine(4, "lat: 95 is not in -90..90"),
        RefusedLine(5, "time: 0 is not in 946684800..4102444799"),
        RefusedLine(6, "lon: 'x' is no number"),
    )
    assert len(body.fixes) == 1


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b"", 1),
        (text(LINE, end=""), 2),
        (b"12345\nEOF", 1),
        (b"12345,abc\nEOF\n", 1),
        (text("EOF", LINE, end=""), 3),
    ],
)
def test_a_torn_body_is_refused(body: bytes, line: int) -> None:
    """Without its first line or its EOF nobody knows what is missing."""
    with pytest.raises(FormatError) as refused:
        decode_flymaster(body)

    assert refused.value.line == line


@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_text_between_is_read_or_refused(lines: list[str]) -> None:
    """A line is a fix or a refused line, whatever stands in it."""
    lines = [line.replace("\n", " ").replace("EOF", "") for line in lines]
    body = decode_flymaster(text(*lines))

    assert len(body.refused) + len(body.fixes) + body.dropped == len(lines)
