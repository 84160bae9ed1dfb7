"""The B records of a file, each with the fix it carries: what must come out is known without reading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from racecontrol.domain.fixes import MISSING, Fixes, Flight
from racecontrol.formats.igc_layout import Layout, layout_for
from racecontrol.formats.igc_writer import NEWLINE, b_records


class Fix(NamedTuple):
    """One fix, units as in `Fixes`."""

    time_ms: int
    lat_e7: int
    lon_e7: int
    gnss_alt_m: int
    pressure_alt_m: int


@dataclass(frozen=True, slots=True)
class Line:
    """A B record without its line end. fix: what it says, None where a reader must refuse it."""

    text: bytes
    fix: Fix | None


def lines_of(fixes: Fixes, layout: Layout | None = None) -> list[Line]:
    """One line a fix."""
    text = b_records(fixes, layout or layout_for(fixes))
    return [Line(line, fix) for line, fix in zip(text.split(NEWLINE), rows_of(fixes), strict=False)]


def line_of(fix: Fix, layout: Layout) -> Line:
    """A single line."""
    return lines_of(fixes_of([fix], Flight("")), layout)[0]


def rows_of(fixes: Fixes) -> Iterator[Fix]:
    """The fixes one by one, MISSING where a height lacks."""
    lacking = np.full(len(fixes), MISSING, np.int32)
    columns = (
        fixes.time_ms,
        fixes.lat_e7,
        fixes.lon_e7,
        lacking if fixes.gnss_alt_m is None else fixes.gnss_alt_m,
        lacking if fixes.pressure_alt_m is None else fixes.pressure_alt_m,
    )
    return map(Fix._make, zip(*(column.tolist() for column in columns), strict=True))


def fixes_of(rows: list[Fix], flight: Flight) -> Fixes:
    """Rows as columns; a height that no row has is no column."""
    table = np.array(rows, np.int64).reshape(-1, len(Fix._fields))
    time_ms, lat_e7, lon_e7, gnss, pressure = (table[:, column] for column in range(len(Fix._fields)))
    return Fixes(
        flight,
        time_ms.copy(),
        lat_e7.astype(np.int32),
        lon_e7.astype(np.int32),
        gnss_alt_m=None if (gnss == MISSING).all() else gnss.astype(np.int32),
        pressure_alt_m=None if (pressure == MISSING).all() else pressure.astype(np.int32),
    )
