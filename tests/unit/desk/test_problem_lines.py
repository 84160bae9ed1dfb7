"""The list of what could not be read of a race's files."""

from __future__ import annotations

from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.problems import problem_lines
from racecontrol.domain.race import Problem


def test_a_problem_tells_the_file_the_line_and_what_to_do() -> None:
    """The three that the operator needs to mend it, a row each."""
    problem = Problem("a row that cannot be read", "R42/pilots.csv", 11, "close its quotes", "7")

    assert plain(problem_lines([problem], 40)) == (
        "R42/pilots.csv:11\n  a row that cannot be read\n  close its quotes"
    )


def test_a_problem_without_a_place_or_an_advice_is_what_it_is() -> None:
    """No empty row."""
    assert plain(problem_lines([Problem("no task")], 40)) == "  no task"


def test_no_row_is_wider_than_the_dialog() -> None:
    """Long texts are wrapped, long paths cut."""
    problem = Problem("word " * 30, "x" * 300, 1, "word " * 30)

    assert all(line_width(line) <= 40 for line in problem_lines([problem], 40))
