"""Fixes to CSV, one line a fix, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Final

import numpy as np

from racecontrol.domain.fixes import DEGREE_E7, MISSING, OPTIONAL_COLUMNS, Fixes, Int32Column
from racecontrol.domain.text import clean_text

TEXT_COLUMNS: Final = ("flight_id", "bib", "pilot")

_FORMULA_STARTS: Final = ("=", "+", "-", "@")
"""With one of these first, a spreadsheet runs the cell. Tabs and line ends do not survive `clean_text`."""

_TEXT_CELLS: Final = 100


def write_csv(fixes: Fixes, pilot_name: str) -> bytes:
    """A header line and a line a fix, UTF-8, RFC 4180.

    Columns: flight_id, bib, pilot, time (ISO 8601 UTC with milliseconds), lat, lon (degrees, 7 decimals:
    exact), then gnss_alt_m, pressure_alt_m, speed_cm_s and heading_deg as far as the flight has them;
    an empty cell where a fix lacks the value. Cost: O(n), about 2 s a million fixes.
    """
    names = [name for name in OPTIONAL_COLUMNS if getattr(fixes, name) is not None]
    columns = [
        np.datetime_as_string(fixes.time_ms.astype("datetime64[ms]"), timezone="UTC").tolist(),
        (f"{lat:.7f}" for lat in (fixes.lat_e7 / DEGREE_E7).tolist()),
        (f"{lon:.7f}" for lon in (fixes.lon_e7 / DEGREE_E7).tolist()),
        *(_cells(getattr(fixes, name)) for name in names),
    ]
    text = io.StringIO()
    header = csv.writer(text, lineterminator="\r\n")
    header.writerow([*TEXT_COLUMNS, "time", "lat", "lon", *names])
    head = text.getvalue()
    text.seek(0)
    text.truncate()
    header.writerow([safe_cell(cell) for cell in (fixes.flight.flight_id, fixes.flight.bib, pilot_name)])
    whose = text.getvalue().removesuffix("\r\n") + ","
    lines = (whose + ",".join(cells) + "\r\n" for cells in zip(*columns, strict=True))
    return (head + "".join(lines)).encode()


def safe_cell(text: str) -> str:
    """Text as a spreadsheet may show it: cleaned, and an apostrophe before what would run as a formula."""
    cleaned = clean_text(text, _TEXT_CELLS)
    return f"'{cleaned}" if cleaned.startswith(_FORMULA_STARTS) else cleaned


def _cells(column: Int32Column) -> Iterator[str]:
    return ("" if value == MISSING else str(value) for value in column.tolist())
