"""Text in cells: exact widths whatever is in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from racecontrol.desk.lines.cells import Span, as_ascii, cut, left, right, spread, steady, width_of
from racecontrol.domain.text import clean_name
from tests.desk.hostile import HOSTILE

NAMES = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("cells", [0, 1, 2, 7, 40])
def test_left_takes_exactly_its_cells_for_hostile_names(name: str, cells: int) -> None:
    """A hostile name, cleaned or not, fills its column and nothing more (T7)."""
    widths = {width_of(left(name, cells)), width_of(left(clean_name(name), cells))}

    assert {cells} == widths


@settings(max_examples=150)
@given(NAMES, st.integers(0, 45))
def test_right_takes_exactly_its_cells(name: str, cells: int) -> None:
    """Any cleaned text is as wide as its column, by the measure of the domain."""
    assert cells == width_of(right(clean_name(name), cells))


@pytest.mark.parametrize("name", HOSTILE)
def test_steady_text_has_one_width_for_textual_and_for_terminals(name: str) -> None:
    """textual's measure by graphemes and a terminal's by characters agree on what the desk draws."""
    shown = steady(clean_name(name))

    assert width_of(shown) == cell_len(shown)


@pytest.mark.parametrize("name", HOSTILE)
def test_steady_text_holds_no_control_character(name: str) -> None:
    """No raw escape, C1 byte or format character is left, even in a name that was never cleaned."""
    categories = {unicodedata.category(char) for char in steady(name)}

    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize("name", HOSTILE)
def test_ascii_text_is_as_wide_as_the_text_it_stands_for(name: str) -> None:
    """The fallback for terminals without UTF-8 moves no column."""
    assert width_of(steady(name)) == len(as_ascii(steady(name)))


def test_ascii_text_keeps_letters_without_their_accents() -> None:
    """A name stays readable where the terminal knows no accents."""
    assert as_ascii("Jörg Müller") == "Jorg Muller"


def test_cut_says_that_something_is_missing() -> None:
    """A text that is too long ends in an ellipsis within its cells."""
    assert cut("Fiammetta Pellizzari", 10) == "Fiammetta…"


def test_a_flag_becomes_its_letters() -> None:
    """A flag is 1, 2 or 4 cells wide, depending on the terminal; its letters are 2 everywhere."""
    assert steady("🇫🇷 Ünï") == "FR Ünï"


def test_spread_drops_the_right_side_where_both_do_not_fit() -> None:
    """What stands at the left is never pushed off the line."""
    line = (Span("left"),)

    assert line == spread(line, (Span("right"),), 9)
