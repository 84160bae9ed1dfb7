"""What could not be read of a race's files: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from racecontrol.desk.lines.cells import Line, Role, Span, cut
from racecontrol.desk.lines.start import wrapped
from racecontrol.domain.race import Problem

_INDENT = "  "


def problem_lines(problems: Sequence[Problem], width: int) -> list[Line]:
    """The problems one after the other, in their order."""
    return [line for problem in problems for line in _lines(problem, width)]


def _lines(problem: Problem, width: int) -> Iterator[Line]:
    if problem.path:
        line = "" if problem.line is None else f":{problem.line}"
        yield Span(cut(problem.path, width - len(line)), Role.STRONG), Span(line, Role.STRONG)
    for text, role in ((problem.what, Role.TEXT), (problem.advice, Role.MUTED)):
        if text:
            for piece in wrapped(text, width - len(_INDENT)):
                yield (Span(f"{_INDENT}{piece}", role),)
