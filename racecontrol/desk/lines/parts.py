"""A line of parts that gives way where it is narrow: the least important part yields first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from racecontrol.desk.lines.cells import BLANK, Line, Span, line_width


@dataclass(frozen=True, slots=True)
class Part:
    """Something a line says. forms: from the longest to the shortest. rank: the highest yields first.

    Where its shortest form has no room either, a part goes; one of rank 0, or that
    stays, does not.
    """

    forms: tuple[Line, ...]
    rank: int = 0
    is_right: bool = False
    stays: bool = False


def fit_parts(parts: Sequence[Part], width: int, gap: int = 3) -> Line:
    """The parts side by side, `gap` cells apart, those of the right at the right edge, in `width` cells."""
    lines = [part.forms[0] for part in parts]
    for index, shorter in _concessions(parts):
        if _width(lines, gap) <= width:
            break
        lines[index] = shorter
    at_left = _joined([line for line, part in zip(lines, parts, strict=True) if not part.is_right], gap)
    at_right = _joined([line for line, part in zip(lines, parts, strict=True) if part.is_right], gap)
    if not at_right:
        return at_left
    space = max(1, width - line_width(at_left) - line_width(at_right))
    return (*at_left, Span(" " * space), *at_right)


def _concessions(parts: Sequence[Part]) -> Iterator[tuple[int, Line]]:
    """Which part gives way to which shorter form, in order."""
    for index in sorted(range(len(parts)), key=lambda index: -parts[index].rank):
        for form in parts[index].forms[1:]:
            yield index, form
        if parts[index].rank and not parts[index].stays:
            yield index, BLANK


def _width(lines: Sequence[Line], gap: int) -> int:
    shown = [line for line in lines if line]
    return sum(map(line_width, shown)) + gap * max(0, len(shown) - 1)


def _joined(lines: Sequence[Line], gap: int) -> Line:
    spans: list[Span] = []
    for line in filter(None, lines):
        if spans:
            spans.append(Span(" " * gap))
        spans.extend(line)
    return tuple(spans)
