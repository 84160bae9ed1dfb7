"""The trackers that nobody owns, a row each, and whom the chosen one would be given to."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.table import Column, fit_columns, head_line, row_line, under_cursor
from racecontrol.desk.lines.words import age, count
from racecontrol.domain.text import clean_text
from racecontrol.state.trackers import UnknownTracker

SERIAL_CELLS = 100

_COLUMNS = (
    Column("serial", "TRACKER", 16, is_right=False, grows=True),
    Column("points", "POINTS", 9),
    Column("first", "SINCE", 6),
    Column("last", "LAST", 6),
)


def tracker_lines(
    trackers: Sequence[UnknownTracker], cursor: int, bib: str, pilot: str | None, now_ms: int, width: int
) -> list[Line]:
    """The table, then a line on the bib typed. pilot: the name of that bib, None where there is none."""
    if not trackers:
        return [(Span("every tracker that sends has its pilot", Role.MUTED),)]
    columns = fit_columns(_COLUMNS, width)
    rows = [_row(columns, tracker, now_ms) for tracker in trackers]
    rows[cursor] = under_cursor(rows[cursor], width)
    return [_said(bib, pilot), BLANK, head_line(columns), *rows]


def _said(bib: str, pilot: str | None) -> Line:
    if not bib:
        return (Span("type the bib of the pilot who carries it", Role.MUTED),)
    if pilot is None:
        return (Span(f"there is no bib {bib}", Role.WARN),)
    return Span(f"{bib} ", Role.STRONG), Span(pilot)


def _row(columns: Sequence[Column], tracker: UnknownTracker, now_ms: int) -> Line:
    values: dict[str, Span | Line] = {
        "serial": Span(clean_text(tracker.serial, SERIAL_CELLS)),
        "points": Span(count(tracker.points)),
        "first": Span(age((now_ms - tracker.first_ms) / 1000)),
        "last": Span(age((now_ms - tracker.last_ms) / 1000)),
    }
    return row_line(columns, values)
