"""Tables of points from other systems, read in blocks, a column at a time.

Cells stay as they are in the file until their column is asked for numbers, times or names; what a column
means is the reader's affair. `tables_csv` and `tables_parquet` read the two kinds of file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.text import clean_text
from racecontrol.formats.cell_names import Names, names_of
from racecontrol.formats.cell_numbers import Numbers, numbers_of
from racecontrol.formats.cell_times import times_ms_of
from racecontrol.formats.cells import Cells


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table was read up to. offset: in bytes of CSV, in rows of Parquet. line: the next one."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that is not taken. line: counted from 1; of Parquet the row. field: "" for the whole row."""

    line: int
    field: str
    reason: str


class Column(Protocol):
    """One column of a block, as whatever its reader asks for."""

    def numbers(self) -> Numbers:
        """Every cell as a number."""

    def times_ms(self) -> Int64Column:
        """Every cell as a time, UTC; `cell_times.NO_TIME` where it is none, or none that is read in bulk."""

    def names(self) -> Names:
        """The different texts of the column."""

    def at(self, row: int) -> object:
        """One cell as it stands there; None where the table has nothing."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column that the file has as text."""

    cells: Cells

    def numbers(self) -> Numbers:
        return numbers_of(self.cells)

    def times_ms(self) -> Int64Column:
        return times_ms_of(self.cells)

    def names(self) -> Names:
        return names_of(self.cells)

    def at(self, row: int) -> str:
        return self.cells.at(row)


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows as columns by name. lines: each row's. faults: rows without the right number of cells.

    end: where the next block begins.
    """

    columns: Mapping[str, Column]
    lines: Sequence[int] | npt.NDArray[np.integer]
    faults: Sequence[RowFault]
    end: Place


def shown(value: object) -> str:
    """A cell as a message shows it, cleaned."""
    return clean_text(repr(value), 60)
