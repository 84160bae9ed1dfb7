"""What the IGC reader makes of the lines that trackers write."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from racecontrol.domain.fixes import MISSING
from racecontrol.domain.track import Repair, RepairKind
from racecontrol.errors import FormatError
from racecontrol.formats.igc import MOST_BYTES, read_igc
from tests.unit.formats.igc_text import FLIGHT, HEADER, b_line, read_lines, utc_ms

FIRST = len(HEADER.splitlines()) + 1
"""The line of a file's first B record."""


def test_a_b_record_gives_time_place_and_heights() -> None:
    """Minutes become 1e-7 degree, and both heights are metres."""
    fixes = read_lines(b_line("114500")).fixes

    assert fixes.time_ms.tolist() == [utc_ms(11, 45)]
    assert (fixes.lat_e7.tolist(), fixes.lon_e7.tolist()) == ([455528167], [61048167])
    assert fixes.pressure_alt_m is not None
    assert fixes.gnss_alt_m is not None
    assert (fixes.pressure_alt_m.tolist(), fixes.gnss_alt_m.tolist()) == ([841], [895])
    assert fixes.flight == FLIGHT


def test_south_and_west_are_negative() -> None:
    """The hemisphere is the sign."""
    fixes = read_lines(b_line("114500", "4533169S00606289W")).fixes

    assert (fixes.lat_e7.tolist(), fixes.lon_e7.tolist()) == ([-455528167], [-61048167])


def test_extension_digits_refine_place_and_time() -> None:
    """LAD, LOD and TDS of the I record are more digits of the minute and of the second."""
    fixes = read_lines(
        "I043637LAD3838LOD3940TDS4143GSP\n", b_line("114500", tail="A0084100895" + "98" + "7" + "51" + "023")
    ).fixes

    assert fixes.lat_e7.tolist() == [455528330]
    assert fixes.lon_e7.tolist() == [61048283]
    assert fixes.time_ms.tolist() == [utc_ms(11, 45) + 510]
    assert fixes.speed_cm_s is not None
    assert fixes.speed_cm_s.tolist() == [round(23 * 1000 / 36)]


@pytest.mark.parametrize("digits", [1, 2, 3, 6, 9, 12])
def test_extension_columns_may_be_of_any_width(digits: int) -> None:
    """However many digits LAD has, they are the fraction below a thousandth of a minute."""
    half = "5" + "0" * (digits - 1)
    fixes = read_lines(f"I0136{35 + digits:02d}LAD\n", b_line("114500", tail=f"A0084100895{half}")).fixes

    assert fixes.lat_e7.tolist() == [455528250]


def test_a_line_without_its_extension_keeps_its_fix() -> None:
    """A record that ends before the columns the I record names, or has blanks there, counts without them."""
    track = read_lines(
        "I023637LAD3840GSP\n", b_line("114500"), b_line("114501", tail="A0084100895     "), header=HEADER
    )

    assert (len(track.fixes), track.dropped) == (2, 0)
    assert track.fixes.speed_cm_s is None


def test_a_short_step_back_is_a_late_fix() -> None:
    """A fix a second early is put in order and told, and no day is added."""
    track = read_lines(b_line("114500"), b_line("114502"), b_line("114501"))

    assert track.fixes.time_ms.tolist() == [utc_ms(11, 45, second) for second in (0, 1, 2)]
    assert list(track.repairs) == [
        Repair(FIRST + 2, RepairKind.OUT_OF_ORDER, utc_ms(11, 45, 1), file="118.igc")
    ]
    assert track.dropped == 0


def test_of_fixes_with_one_time_the_first_in_the_file_stands() -> None:
    """The others are repairs that tell whether their position is the same."""
    track = read_lines(
        b_line("114500"),
        b_line("114500", tail="A0090000999"),
        b_line("114500", "4533170N00606289E"),
    )

    assert (len(track.fixes), track.dropped) == (1, 2)
    assert [(repair.line, repair.kind) for repair in track.repairs] == [
        (FIRST + 1, RepairKind.SAME_TIME_SAME_POSITION),
        (FIRST + 2, RepairKind.SAME_TIME_OTHER_POSITION),
    ]
    assert track.fixes.lat_e7.tolist() == [455528167]


def test_the_first_in_the_file_stands_even_if_it_came_late() -> None:
    """Sorting by time does not change which of two fixes of one time was first."""
    track = read_lines(b_line("114501"), b_line("114500"), b_line("114500", "4533170N00606289E"))

    assert track.fixes.lat_e7.tolist() == [455528167, 455528167]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b_line("256100"), "no such time of day"),
        (b_line("114560"), "no such time of day"),
        (b_line("114500", "4560000N00606289E"), "minutes of 60 or more in the position"),
        (b_line("114500", "9100000N00606289E"), "latitude beyond 90 degrees"),
        (b_line("114500", "9000001N00606289E"), "latitude beyond 90 degrees"),
        (b_line("114500", "4533169N18100000E"), "longitude beyond 180 degrees"),
        (b_line("114500", "4533169X00606289E"), "no hemisphere N or S, E or W"),
        (b_line("114500", "45X3169N00606289E"), "something else than digits in the time or the position"),
        (b_line("11450x"), "something else than digits in the time or the position"),
        (b_line("114500", "0000000N00000000E", "V0000000000"), "position 0/0: the tracker had none yet"),
        (b_line("114500", tail="X0084100895"), "a validity other than A or V"),
        (b_line("114500", tail="A00a4100895"), "a height that is no number"),
        (b_line("114500", tail="A008410"), "shorter than 35 characters"),
        ("B\n", "shorter than 35 characters"),
    ],
)
def test_an_impossible_line_is_refused_with_its_reason(line: str, reason: str) -> None:
    """The line's number and what is wrong with it are told, and the other lines are read."""
    track = read_lines(b_line("114459"), line, b_line("114501"))

    assert [(one.line, one.kind, one.reason) for one in track.repairs] == [
        (FIRST + 1, RepairKind.REFUSED, reason)
    ]
    assert (track.b_records, len(track.fixes), track.dropped) == (3, 2, 1)


def test_a_refused_line_with_a_readable_time_counts_by_it() -> None:
    """What was dropped before a gun can be told, though it was never a fix."""
    track = read_lines(
        b_line("114400", "4560000N00606289E"), b_line("114500"), b_line("114600", "4560000N00606289E"), "B\n"
    )

    assert track.dropped_between(0, utc_ms(11, 45)) == 1
    assert track.dropped_between(utc_ms(11, 45), utc_ms(12)) == 1


def test_no_pressure_sensor_means_no_pressure_column() -> None:
    """A pressure height of 0 all the way is none, whatever stands in damaged lines."""
    track = read_lines(b_line("114500", tail="A0000000895"), "B1145014533169N0060628\n")

    assert track.fixes.pressure_alt_m is None


def test_a_two_dimensional_fix_has_no_gnss_height() -> None:
    """V with height 0 has no height; A with height 0 is at the sea."""
    fixes = read_lines(b_line("114500", tail="V0084100000"), b_line("114501", tail="A0084100000")).fixes

    assert fixes.gnss_alt_m is not None
    assert fixes.gnss_alt_m.tolist() == [MISSING, 0]


@pytest.mark.parametrize(
    ("text", "height_m"), [("-0012", -12), ("00-12", -12), ("  841", 841), ("     ", MISSING)]
)
def test_heights_come_in_several_spellings(text: str, height_m: int) -> None:
    """Negative heights and blanks are read as loggers write them."""
    fixes = read_lines(b_line("114500", tail=f"A00841{text}"), b_line("114501")).fixes

    assert fixes.gnss_alt_m is not None
    assert fixes.gnss_alt_m.tolist() == [height_m, 895]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    """LF, CRLF and CR give the same track with the same line numbers."""
    text = (HEADER + b_line("114500") + "B\n" + b_line("114501")).replace("\n", end)

    track = read_igc(text.encode(), FLIGHT)

    assert (len(track.fixes), [repair.line for repair in track.repairs]) == (2, [FIRST + 1])


def test_the_last_line_needs_no_end() -> None:
    """A file that stops after its last character is whole."""
    assert len(read_igc((HEADER + b_line("114500")).rstrip().encode(), FLIGHT).fixes) == 1


def test_a_gzipped_file_is_read(tmp_path: Path) -> None:
    """`.igc.gz` is unpacked on the way."""
    path = tmp_path / "118.igc.gz"
    path.write_bytes(gzip.compress((HEADER + b_line("114500")).encode()))

    assert len(read_igc(path, FLIGHT).fixes) == 1


@pytest.mark.parametrize("content", [gzip.compress(b"HFDTE260526", mtime=0)[:-6], b"\x1f\x8bnothing"])
def test_a_damaged_gzip_is_refused(content: bytes) -> None:
    """A torn download is told as such."""
    with pytest.raises(FormatError, match="gzip file is damaged"):
        read_igc(content, FLIGHT, name="118.igc.gz")


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    """A sparse file of 2 GB costs nothing."""
    path = tmp_path / "118.igc"
    path.touch()
    os.truncate(path, 2**31)

    with pytest.raises(FormatError, match=r"118\.igc: larger than 64 MB"):
        read_igc(path, FLIGHT)


def test_a_gzip_bomb_is_refused() -> None:
    """What unpacks to more than a track can be is not unpacked further."""
    with pytest.raises(FormatError, match="larger than 64 MB"):
        read_igc(gzip.compress(bytes(MOST_BYTES + 1), 1), FLIGHT)


def test_a_file_of_line_ends_is_refused() -> None:
    """Millions of empty lines are refused before each gets its offsets."""
    with pytest.raises(FormatError, match="more than 1,000,000 lines"):
        read_igc(b"\n" * 1_000_001, FLIGHT)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    """What is no file is a FormatError with its name."""
    for path in (tmp_path, tmp_path / "gone.igc"):
        with pytest.raises(FormatError, match=path.name):
            read_igc(path, FLIGHT)
