"""Dates, texts and columns that an IGC file declares."""

from __future__ import annotations

import pytest

from racecontrol.errors import FormatError
from racecontrol.formats.igc import read_igc
from tests.unit.formats.igc_text import FLIGHT, b_line, read_lines, utc_ms


@pytest.mark.parametrize(
    "record",
    [
        "HFDTE260526",
        "HFDTEDATE:260526",
        "HFDTEDATE:260526,01",
        "HFDTEDATE: 260526",
        "HODTE260526",
        "HFDTE260526LGNE glued",
    ],
)
def test_a_date_is_found_in_every_spelling(record: str) -> None:
    """Glued text, a colon, a flight number: the day stands all the same."""
    track = read_lines(b_line("114500"), header=f"AXXX\n{record}\n")

    assert track.fixes.time_ms.tolist() == [utc_ms(11, 45)]


def test_a_date_below_the_fixes_counts_for_them() -> None:
    """A late date record is the file's date."""
    track = read_lines(b_line("114500"), "HFDTE260526\n", header="AXXX\n")

    assert track.fixes.time_ms.tolist() == [utc_ms(11, 45)]


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("AXXX\n", r"118\.igc: no date \(HFDTE record\): add a line HFDTEDDMMYY"),
        ("AXXX\nHFDTE330226\n", r"118\.igc:2: no such date as 330226"),
        ("AXXX\nHFDTE000000\n", r"118\.igc:2: no such date as 000000"),
    ],
)
def test_a_file_without_a_date_is_refused_with_advice(header: str, message: str) -> None:
    """Nobody knows on which day such fixes were; the file, the line and what to do are named."""
    with pytest.raises(FormatError, match=message):
        read_lines(b_line("114500"), header=header)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "the file is empty"), (b"\r\n\n", "the file is empty"), (b"{}", "no IGC file")],
)
def test_what_is_no_igc_file_is_told_apart(content: bytes, message: str) -> None:
    """An empty file and a file of another kind are no file without a date."""
    with pytest.raises(FormatError, match=message):
        read_igc(content, FLIGHT, name="118.igc")


def test_a_date_to_which_the_file_comes_back_was_never_left() -> None:
    """A real tracker put two fixes seven years ahead, and went back to its date."""
    track = read_lines(b_line("114500"), "HFDTE260533\n", b_line("114501"), "HFDTE260526\n", b_line("114502"))

    assert track.fixes.time_ms.tolist() == [utc_ms(11, 45, second) for second in (0, 1, 2)]


def test_a_new_date_holds_for_the_fixes_after_it() -> None:
    """A clock that is set in flight, or a second day in one file, changes the date from there on."""
    track = read_lines(b_line("000010"), "HFDTE260526\n", b_line("114500"), header="AXXX\nHFDTE010100\n")

    assert track.fixes.time_ms.tolist() == [946_684_810_000, utc_ms(11, 45)]


def test_texts_are_cleaned_and_named() -> None:
    """What aerofiles reads, and what it gives up on, comes out by our names and safe for a terminal."""
    header = "AXXX\nHFDTE260526\nHFPLTPILOTINCHARGE:A\x1b[2Jnna\nHFGTYGLIDERTYPE:Enzo 3\nHFCID:\n"

    headers = read_lines(b_line("114500"), header=header).headers

    assert headers == {"pilot": "A[2Jnna", "glider": "Enzo 3"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_names_may_be_utf_8_or_windows_1252(encoding: str) -> None:
    """One IGC file in twenty is Windows-1252."""
    content = ("HFDTE260526\nHFPLTPILOT:Jörg Müller\n" + b_line("114500")).encode(encoding)

    assert read_igc(content, FLIGHT).headers == {"pilot": "Jörg Müller"}


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    """Editors put one before the A record, or before the date."""
    content = b"\xef\xbb\xbfHFDTE260526\n" + b_line("114500").encode()

    assert len(read_igc(content, FLIGHT).fixes) == 1
