"""Columns that fit."""

from __future__ import annotations

import pytest

from racecontrol.desk.lines.cells import Span, line_width
from racecontrol.desk.lines.queues import COLUMNS, queue_lines
from racecontrol.desk.lines.signs import UNICODE
from racecontrol.desk.lines.table import Column, fit_columns, row_line
from tests.desk.snapshots import during_start


def test_the_least_important_column_goes_first() -> None:
    """Columns go by their rank, and those of rank 0 stay."""
    columns = (Column("a", "A", 4), Column("b", "B", 4, rank=1), Column("c", "C", 4, rank=2))

    assert [column.name for column in fit_columns(columns, 12)] == ["a", "b"]


def test_the_growing_column_takes_what_is_left() -> None:
    """A table is as wide as its panel."""
    columns = (Column("a", "A", 4, grows=True), Column("b", "B", 4))

    assert [column.cells for column in fit_columns(columns, 20)] == [14, 4]


def test_a_row_of_hostile_values_keeps_its_columns() -> None:
    """A value that is too long for its column is cut, not the column moved."""
    columns = (Column("a", "A", 4, is_right=False), Column("b", "B", 4))
    row = row_line(columns, {"a": Span("x" * 99), "b": Span("👩👩👩")})

    assert line_width(row) == 10


@pytest.mark.parametrize("width", [76, 116])
def test_every_queue_row_is_as_wide_as_the_panel(width: int) -> None:
    """Heads, rows and lanes line up at both sizes of the desk."""
    lines = queue_lines(during_start().queues, width, UNICODE, unfolded=("live_points",))

    assert {width} == {line_width(line) for line in lines}


def test_at_80_columns_depth_rates_oldest_drain_and_dead_stay() -> None:
    """The narrow queue panel keeps what tells whether points get through."""
    names = {column.name for column in fit_columns(COLUMNS, 76)}

    assert {"queue", "depth", "graph", "in", "out", "oldest", "drain", "dead"} <= names
