"""Columns that fit a width: the least important go first, and one takes what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from racecontrol.desk.lines.cells import Line, Role, Span, left, line_width, right

GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    cells: its width, and for the one that `grows` the least of it, up to `most`. rank: 0 stays,
    others go from the highest down where the width is short.
    """

    name: str
    head: str
    cells: int
    rank: int = 0
    is_right: bool = True
    grows: bool = False
    most: int = 400


def fit_columns(columns: Sequence[Column], width: int, gap: int = GAP) -> tuple[Column, ...]:
    """The columns that `width` has room for, in their order, the growing one as wide as it can be."""
    kept = list(columns)
    while _needed(kept, gap) > width:
        last = max(kept, key=lambda column: column.rank)
        if last.rank == 0:
            break
        kept.remove(last)
    spare = max(0, width - _needed(kept, gap))
    return tuple(
        replace(column, cells=min(column.most, column.cells + spare)) if column.grows else column
        for column in kept
    )


def _needed(columns: Sequence[Column], gap: int) -> int:
    return sum(column.cells for column in columns) + gap * (len(columns) - 1)


def head_line(columns: Sequence[Column], gap: int = GAP) -> Line:
    """The columns' heads."""
    cells = (right(c.head, c.cells) if c.is_right else left(c.head, c.cells) for c in columns)
    return (Span((" " * gap).join(cells), Role.HEAD),)


def row_line(columns: Sequence[Column], values: Mapping[str, Span | Line], gap: int = GAP) -> Line:
    """A row: a value a column by name; a Line is taken as it is and filled up to the column's width."""
    spans: list[Span] = []
    for index, column in enumerate(columns):
        if index:
            spans.append(Span(" " * gap))
        value = values.get(column.name, Span(""))
        if isinstance(value, Span):
            fitted = (right if column.is_right else left)(value.text, column.cells)
            spans.append(value._replace(text=fitted))
        else:
            spans.extend((*value, Span(" " * max(0, column.cells - line_width(value)))))
    return tuple(spans)


def under_cursor(line: Line, width: int) -> Line:
    """The same line as the one the cursor is on: one role from edge to edge."""
    text = "".join(span.text for span in line)
    return (Span(left(text, width), Role.CURSOR),)
