"""The map."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.map import map_lines
from racecontrol.desk.lines.signs import ASCII, UNICODE
from racecontrol.domain.race import PilotState
from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.telemetry.snapshot import PilotView
from tests.desk.snapshots import make_pilots

TASK = Task(
    "task 3",
    (Turnpoint("B12", 45.62, 6.33, 6000, kind=TurnpointKind.SSS), Turnpoint("B20", 45.70, 6.40, 2000)),
)


def make_pilot(bib: str, lat_deg: float, lon_deg: float) -> PilotView:
    return PilotView(bib, f"Pilot {bib}", PilotState.FLYING, 1.0, 2000, 40.0, 9, lat_deg, lon_deg)


def test_the_map_fills_its_panel() -> None:
    """As many lines as there are rows, none wider than the panel."""
    lines = map_lines(make_pilots(), TASK, 56, 16, UNICODE)

    assert (len(lines), all(line_width(line) <= 56 for line in lines)) == (16, True)


def test_cylinders_have_their_names() -> None:
    """The start cylinder is called by its part, a turnpoint by its name."""
    text = plain(map_lines((), TASK, 56, 16, UNICODE))

    assert "SSS" in text
    assert "B20" in text


def test_the_scale_is_a_round_length() -> None:
    """A distance can be read off the map."""
    assert plain(map_lines((), TASK, 56, 16, UNICODE)).endswith("┤ 10 km")


def test_a_pilot_at_zero_zero_does_not_shrink_the_race() -> None:
    """A clock or position that was never set is counted, and the map stays where the race is."""
    lost = replace(make_pilots(2)[1], lat_deg=0.0, lon_deg=0.0)
    text = plain(map_lines((*make_pilots(20), lost), TASK, 56, 16, UNICODE))

    assert text.endswith("10 km   1 off the map")


def test_north_is_up_and_east_is_right() -> None:
    """The one further north stands in an upper row, the one further east in a right column."""
    lines = plain(
        map_lines((make_pilot("1", 45.7, 6.3), make_pilot("2", 45.6, 6.4)), None, 40, 12, UNICODE, "1")
    )
    rows = {row: line for row, line in enumerate(lines.splitlines()[:-1]) if line.strip()}

    assert "◉1" in rows[min(rows)]
    assert len(rows[max(rows)]) > len(rows[min(rows)])


def test_the_chosen_pilot_is_pointed_out() -> None:
    """The pilot under the cursor has sign and bib on the map."""
    assert "◉304" in plain(map_lines(make_pilots(20), TASK, 56, 16, UNICODE, "304"))


def test_one_pilot_and_no_task_make_a_map() -> None:
    """A race without a task still shows where its pilots are."""
    assert "◉1" in plain(map_lines((make_pilot("1", 45.7, 6.3),), None, 40, 12, UNICODE, "1"))


def test_a_map_of_nothing_says_so() -> None:
    """No position yet is a sentence, not an empty box."""
    assert plain(map_lines((), None, 40, 12, UNICODE)) == "no position yet"


def test_the_ascii_map_is_ascii() -> None:
    """Where UTF-8 is absent, cells are punctuation."""
    assert plain(map_lines(make_pilots(), TASK, 56, 16, ASCII, "304")).isascii()
