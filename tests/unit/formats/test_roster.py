"""Pilot lists as people make them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.race import Pilot
from racecontrol.domain.text import clean_name
from racecontrol.errors import FormatError
from racecontrol.formats.roster import BIB_PATTERN, Roster, read_roster, write_roster
from tests.builders import GUN_MS


def _read(text: str) -> Roster:
    return read_roster(text.encode(), "R42/pilots.csv")


def _told(roster: Roster) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.what) for problem in roster.problems]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_columns_may_be_separated_by_comma_semicolon_or_tab(separator: str) -> None:
    """The first line shows which."""
    text = "bib,name,nation,tracker,track\n118,Anna Berg,CHE,T1|T2,118.igc\n".replace(",", separator)

    row = _read(text).rows[0]

    assert row.pilot == Pilot("118", "Anna Berg", ("T1", "T2"), "CHE")
    assert row.files == ("118.igc",)


@pytest.mark.parametrize(
    "header", ["Bib;Name;Serial", "ID;Pilot;Device ID", "No.;Full name;Tracker", "\ufeffBIB ;  name;LIVE"]
)
def test_columns_go_by_many_names(header: str) -> None:
    """Capitals, dots, a byte order mark and other words for the same column are understood."""
    row = _read(f"{header}\n118;Anna Berg;T1\n").rows[0]

    assert row.pilot == Pilot("118", "Anna Berg", ("T1",))


def test_a_list_from_an_old_spreadsheet_is_windows_1252() -> None:
    """Bytes that are no UTF-8 are read as Windows-1252."""
    roster = read_roster("bib;name\r\n118;Jörg Müller\r\n".encode("cp1252"))

    assert roster.rows[0].pilot.name == "Jörg Müller"


def test_bad_rows_are_told_by_line_and_the_good_ones_kept() -> None:
    """A doubled bib, a row without one, one that is none, and an open quote each cost their row only."""
    roster = _read('bib,name\n1,A\n1,B\n,C\n../x,D\n\n2,"E\n3,F\n')

    assert [row.pilot.bib for row in roster.rows] == ["1", "3"]
    assert _told(roster) == [
        (3, "bib 1 stands on line 2 already"),
        (4, "a row without a bib"),
        (5, "'../x' is no bib"),
        (7, "a row that cannot be read"),
    ]


def test_a_tracker_of_two_pilots_stays_with_the_first() -> None:
    """The second pilot is kept, without that tracker, and told."""
    roster = _read("bib,tracker\n1,T1\n2,T1 T2\n")

    assert [row.pilot.trackers for row in roster.rows] == [("T1",), ("T2",)]
    assert _told(roster) == [(3, "tracker T1 belongs to the pilot on line 2")]


def test_a_pilot_without_a_name_goes_by_the_bib() -> None:
    """Screens always have something to show."""
    assert _read("bib\n118\n").rows[0].pilot.name == "118"


def test_names_are_cleaned() -> None:
    """Nothing that steers a terminal gets past the pilot list."""
    assert _read("bib,name\n1,A\x1b]52;c;eA==\x07\u202eB\n").rows[0].pilot.name == "A]52;c;eA==B"


@pytest.mark.parametrize(
    ("text", "message"), [("", "is empty"), ("\n \n", "is empty"), ("a,b\n1,2\n", "no column of bibs")]
)
def test_a_list_without_bibs_is_refused(text: str, message: str) -> None:
    """Without a column of bibs there are no pilots; the advice says what the first line has to be."""
    with pytest.raises(FormatError, match=f"{message}.*bib,name,tracker"):
        _read(text)


def test_an_empty_list_has_no_pilots_and_no_problems() -> None:
    """A race may be made before anybody has entered."""
    assert _read("bib,name\n") == Roster((), ())


WORDS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20).map(clean_name)
SERIALS = st.text("ABC0189-_.", min_size=1, max_size=12)
BIBS = st.from_regex(BIB_PATTERN, fullmatch=True)
NATIONS = st.sampled_from(["", "CHE", "FRA"])


@st.composite
def rosters(draw: st.DrawFn) -> list[Pilot]:
    """Pilots without a bib or a tracker in common."""
    serials = draw(st.lists(SERIALS, unique=True, max_size=8))
    bibs = draw(st.lists(BIBS, unique=True, max_size=6))
    return [
        Pilot(bib, draw(WORDS.filter(bool)), tuple(serials[at :: len(bibs)]), draw(NATIONS))
        for at, bib in enumerate(bibs)
    ]


@settings(max_examples=100)
@given(rosters())
def test_a_written_list_reads_back(pilots: list[Pilot]) -> None:
    """Names with separators, quotes and any letters come back as they were."""
    roster = _read(write_roster((pilot, [f"{pilot.bib}.igc"]) for pilot in pilots))

    assert [row.pilot for row in roster.rows] == pilots
    assert not roster.problems


def test_official_starts_come_back() -> None:
    """Of the pilots who have one; one that is no moment is told, and the pilot is there."""
    pilots = [Pilot("1", "Bo", started_ms=GUN_MS + 7_000), Pilot("2", "Al")]
    written = write_roster((pilot, ()) for pilot in pilots)

    assert [row.pilot for row in _read(written).rows] == pilots
    spoilt = _read(written.replace("Z\n", "\n"))
    assert [row.pilot.started_ms for row in spoilt.rows] == [None, None]
    assert _told(spoilt) == [(2, "'2026-05-26T11:45:07' is no official start")]
