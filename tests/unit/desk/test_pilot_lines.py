"""The pilots table."""

from __future__ import annotations

import pytest

from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.pilots import PilotOrder, chosen_pilots, pilot_lines, pilot_text
from racecontrol.desk.lines.signs import UNICODE
from racecontrol.domain.race import PilotState
from racecontrol.domain.text import clean_name
from racecontrol.telemetry.snapshot import PilotView
from tests.desk.hostile import HOSTILE
from tests.desk.snapshots import make_pilots


def test_by_state_the_worst_comes_first() -> None:
    """Whoever needs a look is in sight without a key."""
    states = [pilot.state for pilot in chosen_pilots(make_pilots(), PilotOrder.STATE, "")]

    assert list(PilotState) == list(dict.fromkeys(states))


def test_by_bib_is_by_number() -> None:
    """Bib 12 comes before bib 118."""
    bibs = [pilot.bib for pilot in chosen_pilots(make_pilots(5), PilotOrder.BIB, "")]

    assert bibs == ["12", "77", "118", "120", "259"]


@pytest.mark.parametrize(
    ("wanted", "bibs"),
    [("mül", ["120"]), ("silent", ["120"]), ("12", ["120", "12"]), ("[/]", ["120"]), ("nobody", [])],
)
def test_the_filter_finds_bibs_names_and_states(wanted: str, bibs: list[str]) -> None:
    """A number is the beginning of a bib, a word any part of name or state."""
    assert bibs == [pilot.bib for pilot in chosen_pilots(make_pilots(6), PilotOrder.STATE, wanted)]


def test_every_word_of_the_filter_must_match() -> None:
    """Two words narrow the list down."""
    assert [pilot.bib for pilot in chosen_pilots(make_pilots(9), PilotOrder.STATE, "pilot landed")] == ["259"]


def test_rows_with_hostile_names_line_up() -> None:
    """Fifteen hostile names leave every column where it is (T7)."""
    pilots = [
        PilotView(str(bib), clean_name(name), PilotState.FLYING, 1.0, 2000, 40.0, 9)
        for bib, name in enumerate(HOSTILE)
    ]
    lines = pilot_lines(pilots, 56, UNICODE, cursor=3)

    assert {56} == {line_width(line) for line in lines}


def test_a_pilot_without_a_fix_has_dashes() -> None:
    """Nothing is made up for a pilot of whom nothing is known."""
    assert "✕ no data     -      -    -      0" in plain(pilot_lines(make_pilots(1), 56, UNICODE))


def test_a_copied_row_has_position_and_reason() -> None:
    """What goes to the clipboard can be pasted into a message to the rescue."""
    twin = make_pilots(3)[2]

    assert pilot_text(twin) == "12\tPilot 012\ttwin\t3 s\t3100\t45.58000, 6.30000\twithin 23 m of 13"
