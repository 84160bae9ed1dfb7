"""Cleaning of text from outside."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racecontrol.domain.text import NAME_CELLS, cell_width, clean_name

HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Zoé  Müller", "Zoé Müller"),
        ("Ana\x1b]52;c;cm0gLXJm\x07 Kos", "Ana]52;c;cm0gLXJm Kos"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("two\nlines\tand tabs", "two lines and tabs"),
        ("  edges ", "edges"),
        ("Zoe\u0301", "Zoé"),
        ("[/] [@click=app.quit]x[/]", "[/] [@click=app.quit]x[/]"),
        ("\u200b\u200d", ""),
    ],
)
def test_name_is_cleaned(raw: str, cleaned: str) -> None:
    """Control and format characters go, spaces collapse, letters and brackets stay."""
    assert clean_name(raw) == cleaned


def test_long_name_ends_in_an_ellipsis() -> None:
    """A name of 10,000 letters takes 40 cells and says that it was cut."""
    name = clean_name("x" * 10_000)

    assert name == "x" * (NAME_CELLS - 1) + "…"


def test_wide_characters_count_as_two_cells() -> None:
    """The cut is by what a terminal shows, not by characters."""
    assert cell_width(clean_name("滑翔傘" * 20)) <= NAME_CELLS


def test_stacked_marks_are_limited() -> None:
    """A letter with a hundred marks does not climb over its neighbours."""
    assert len(clean_name("a" + "\u0316" * 100)) <= 5


@given(st.text(max_size=200))
def test_clean_name_is_safe_short_and_stable(raw: str) -> None:
    """Whatever comes in: no harmful category, at most 40 cells, and cleaning twice changes nothing."""
    name = clean_name(raw)

    assert not {unicodedata.category(char) for char in name} & HARMFUL
    assert cell_width(name) <= NAME_CELLS
    assert clean_name(name) == name
