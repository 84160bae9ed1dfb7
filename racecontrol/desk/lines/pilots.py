"""The pilots table: which rows, in which order, and how each reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.table import Column, fit_columns, head_line, row_line, under_cursor
from racecontrol.desk.lines.words import NOTHING, age, count
from racecontrol.domain.race import PilotState
from racecontrol.telemetry.snapshot import PilotView

COLUMNS = (
    Column("bib", "BIB", 4),
    Column("name", "PILOT", 12, is_right=False, grows=True, most=40),
    Column("state", "STATE", 9, is_right=False),
    Column("age", "AGE", 5),
    Column("alt", "ALT", 6, rank=1),
    Column("speed", "KM/H", 4, rank=2),
    Column("points", "POINTS", 6, rank=3),
)

GAP = 1
"""Cells between columns: the numbers leave room of their own."""

ROLES = {
    PilotState.NO_DATA: Role.BAD,
    PilotState.SILENT: Role.BAD,
    PilotState.TWIN: Role.WARN,
    PilotState.LANDED: Role.WARN,
    PilotState.GROUND: Role.MUTED,
    PilotState.FLYING: Role.GOOD,
}

_STATES = tuple(PilotState)


class PilotOrder(StrEnum):
    """What the table is sorted by."""

    STATE = "state"
    BIB = "bib"
    NAME = "name"
    AGE = "age"
    ALTITUDE = "altitude"

    @property
    def following(self) -> PilotOrder:
        """The order that comes after this one, round and round."""
        orders = tuple(PilotOrder)
        return orders[(orders.index(self) + 1) % len(orders)]


def _by_bib(pilot: PilotView) -> tuple[int, str]:
    return (int(pilot.bib) if pilot.bib.isdecimal() else 10**9, pilot.bib)


_SORT_KEYS: dict[PilotOrder, Callable[[PilotView], Any]] = {
    PilotOrder.STATE: lambda pilot: (_STATES.index(pilot.state), -(pilot.age_s or 0.0), _by_bib(pilot)),
    PilotOrder.BIB: _by_bib,
    PilotOrder.NAME: lambda pilot: (pilot.name.casefold(), _by_bib(pilot)),
    PilotOrder.AGE: lambda pilot: (-(1e12 if pilot.age_s is None else pilot.age_s), _by_bib(pilot)),
    PilotOrder.ALTITUDE: lambda pilot: (-(-9999 if pilot.alt_m is None else pilot.alt_m), _by_bib(pilot)),
}


def chosen_pilots(pilots: Sequence[PilotView], order: PilotOrder, wanted: str) -> list[PilotView]:
    """The pilots whose bib, name or state holds every word of `wanted`, in order; a bare number is a bib."""
    words = wanted.casefold().split()
    return sorted((pilot for pilot in pilots if _matches(pilot, words)), key=_SORT_KEYS[order])


def _matches(pilot: PilotView, words: Sequence[str]) -> bool:
    return all(
        pilot.bib.startswith(word)
        if word.isdecimal()
        else word in f"{pilot.bib} {pilot.name} {pilot.state}".casefold()
        for word in words
    )


def pilot_lines(
    pilots: Sequence[PilotView], width: int, signs: Signs, cursor: int | None = None
) -> list[Line]:
    """The head and a row a pilot. cursor: the index among `pilots` of the row the cursor is on, or None."""
    columns = fit_columns(COLUMNS, width, GAP)
    lines = [head_line(columns, GAP)]
    for index, pilot in enumerate(pilots):
        row = _pilot_row(pilot, columns, signs)
        lines.append(under_cursor(row, width) if index == cursor else row)
    return lines


def _pilot_row(pilot: PilotView, columns: Sequence[Column], signs: Signs) -> Line:
    role = ROLES[pilot.state]
    is_known = pilot.age_s is not None
    return row_line(
        columns,
        {
            "bib": Span(pilot.bib, Role.STRONG),
            "name": Span(pilot.name),
            "state": Span(f"{signs.pilots[pilot.state]} {pilot.state}", role),
            "age": Span(age(pilot.age_s), Role.TEXT if is_known else Role.MUTED),
            "alt": Span(NOTHING if pilot.alt_m is None else f"{pilot.alt_m} m"),
            "speed": Span(NOTHING if pilot.speed_kmh is None else f"{pilot.speed_kmh:.0f}"),
            "points": Span(count(pilot.points), Role.TEXT if pilot.points else Role.MUTED),
        },
        GAP,
    )


def pilot_text(pilot: PilotView) -> str:
    """A pilot's row for the clipboard: values a tab apart, positions in degrees."""
    place = (
        "" if pilot.lat_deg is None or pilot.lon_deg is None else f"{pilot.lat_deg:.5f}, {pilot.lon_deg:.5f}"
    )
    values = (
        pilot.bib,
        pilot.name,
        pilot.state.value,
        age(pilot.age_s),
        str(pilot.points),
        place,
        pilot.reason,
    )
    return "\t".join(values)
