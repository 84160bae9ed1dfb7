"""The list of what is wrong with the race's files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from racecontrol.desk.lines.problems import problem_lines
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.screens.lines_dialog import LinesDialog
from racecontrol.domain.race import Problem


def problems_dialog(signs: Signs, problems: Sequence[Problem]) -> LinesDialog:
    """A dialog that lists them."""
    return LinesDialog(signs, "What is wrong with the race's files", partial(problem_lines, problems))
