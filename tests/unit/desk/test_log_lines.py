"""The race log panel."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.desk.lines.cells import plain, width_of
from racecontrol.desk.lines.log import log_lines
from racecontrol.desk.lines.signs import UNICODE
from tests.desk.snapshots import make_log


def test_an_entry_says_when_what_and_who() -> None:
    """The time is the race's, the author stands at the end."""
    assert (
        plain(log_lines(make_log("start begun"), "Europe/Paris", 56, UNICODE)) == "13:45:00 · start begun  MJ"
    )


def test_a_long_entry_yields_to_its_author() -> None:
    """However long the words are, who did it is in sight."""
    line = plain(log_lines(make_log("word " * 40), "Europe/Paris", 56, UNICODE))

    assert line.endswith("…  MJ")
    assert width_of(line) <= 56


def test_an_entry_has_its_reason() -> None:
    """Why follows what."""
    entry = replace(make_log("recalled")[0], why="wrong gate")

    assert "recalled: wrong gate" in plain(log_lines([entry], "UTC", 56, UNICODE))
