"""No bytes break the IGC reader, and none of its sums."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from racecontrol.domain.fixes import Flight
from racecontrol.domain.track import DROPPED_KINDS, Track
from racecontrol.errors import FormatError
from racecontrol.formats.igc import open_igc, read_igc
from racecontrol.formats.igc_merge import merge_igc
from tests.unit.formats.igc_text import FLIGHT, HEADER, b_line

SOUND = (HEADER + "I033637LAD3839LOD4040TDS\n" + "".join(b_line(f"1145{n:02d}") for n in range(20))).encode()

LINES = st.one_of(
    st.sampled_from(["HFDTE260526\n", "HFDTE270526\n", "I013639GSP\n", "\n", "\r", "B\n", "G0B\n"]),
    st.builds(
        b_line,
        st.integers(0, 999_999).map("{:06d}".format),
        st.sampled_from(["4533169N00606289E", "4533170N00606289E", "0000000N00000000E", "9999999S99999999W"]),
        st.sampled_from(["A0084100895", "V0000000000", "A00841-0012", "A     0089512345", "Axxxxx00895"]),
    ),
)


def check_sums(track: Track) -> None:
    """Every B record is a fix or a dropped repair; fixes rise in time; lines are told once."""
    dropped = [repair for repair in track.repairs if repair.kind in DROPPED_KINDS]
    assert len(track.fixes) + len(dropped) == track.b_records
    assert track.dropped == len(dropped)
    assert (np.diff(track.fixes.time_ms) > 0).all()
    assert len({(repair.file, repair.line) for repair in track.repairs}) == len(track.repairs)


@settings(max_examples=150)
@given(st.binary(max_size=400))
@example(b"B\nHFDTE260526")
def test_any_bytes_are_a_track_or_a_format_error(content: bytes) -> None:
    """Nothing else is ever raised."""
    with suppress(FormatError):
        check_sums(read_igc(content, FLIGHT))


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.integers(0, 255)), max_size=60))
def test_a_file_with_flipped_bytes_keeps_its_sums(flips: list[tuple[int, int]]) -> None:
    """Whatever a damaged card did to a sound file, each of its lines is accounted for."""
    content = bytearray(SOUND)
    for place, byte in flips:
        content[place] = byte
    with suppress(FormatError):
        check_sums(read_igc(bytes(content), FLIGHT))


@settings(max_examples=150)
@given(st.lists(LINES, max_size=40))
def test_any_lines_keep_their_sums(lines: list[str]) -> None:
    """Times in any order, doubles, impossible values and dates in between add up."""
    track = read_igc((HEADER + "".join(lines)).encode(), FLIGHT)

    check_sums(track)
    expected = sum(line.startswith("B") for line in "".join(lines).replace("\r", "\n").split("\n"))
    assert track.b_records == expected


@settings(max_examples=80)
@given(st.lists(LINES, max_size=30), st.lists(LINES, max_size=30))
def test_two_files_of_one_pilot_keep_their_sums(one: list[str], other: list[str]) -> None:
    """Merged, each line of either file is accounted for, and a fix of the first file stands."""
    contents = [(HEADER + "".join(lines)).encode() for lines in (one, other)]
    files = [open_igc(content, name=f"{number}.igc") for number, content in enumerate(contents)]
    first = merge_igc(files[:1], Flight("R42/118"))

    merged = merge_igc(files, Flight("R42/118"))

    check_sums(merged)
    places = dict(zip(merged.fixes.time_ms.tolist(), merged.fixes.lat_e7.tolist(), strict=True))
    assert [places[time_ms] for time_ms in first.fixes.time_ms.tolist()] == first.fixes.lat_e7.tolist()
