"""Rows of a foreign table as points of flights, or with what is wrong with them.

What is written as expected is read a column at a time; a row that is not, by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Fixes, Flight, concatenate, make_fixes
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_fields import LAT, LON
from racecontrol.domain.points_one import read_points
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS
from racecontrol.domain.text import clean_text
from racecontrol.errors import BadItem
from racecontrol.formats.cell_names import Names
from racecontrol.formats.cell_times import SECONDS_BELOW
from racecontrol.formats.cells import Places
from racecontrol.formats.tables import Block, RowFault, shown
from racecontrol.pipeline.migrate_map import ColumnMap
from racecontrol.queues.checks import check_flight

_POINT_KEYS: Final = {
    "lat": "lat",
    "lon": "lon",
    "gnss_alt": "elevation",
    "pressure_alt": "barometric_altitude",
    "speed": "speed",
    "heading": "heading",
}
_CM_S_IN_KM_H: Final = 0.036

_LIMITS_DEG: Final = {"lat": LAT.high, "lon": LON.high}

_NAME_CELLS: Final = 100

_ALL: Final = Flight("all")
"""Of points that are not yet told apart by flight."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Points of several flights in the order of the table. which: the place of each row's flight."""

    flights: Sequence[Flight]
    which: Places
    points: Fixes


def rows_of(block: Block, mapping: ColumnMap) -> tuple[Rows, list[RowFault]]:
    """The block's points, and the rows that are refused, by line."""
    faults = list(block.faults)
    rows, points = _points_of(block, mapping, faults)
    flights, which = _flights(block, mapping, rows)
    is_named = which >= 0
    if not is_named.all():
        faults += (_nameless(block, mapping, row) for row in rows[~is_named].tolist())
        which, points = which[is_named], points.select(is_named)
    return Rows(flights, which, points), sorted(faults, key=lambda fault: fault.line)


def _points_of(block: Block, mapping: ColumnMap, faults: list[RowFault]) -> tuple[Places, Fixes]:
    """The rows that are points, all that can be read in bulk at once; a fault for each other."""
    values, is_plain = _columns_in_bulk(block, mapping)
    plain = np.flatnonzero(is_plain)
    if len(plain) < len(is_plain):
        values = {key: column[plain] for key, column in values.items()}
    columns = columns_of_values(values) if len(plain) else None
    if columns is None:
        plain, is_plain = plain[:0], np.zeros_like(is_plain)
    parts = [] if columns is None else [columns.of_flight(_ALL)]
    others = []
    for row in np.flatnonzero(~is_plain).tolist():
        one = _one(block, mapping, row, faults)
        if one is not None:
            parts.append(one)
            others.append(row)
    if not parts:
        return plain, make_fixes(_ALL, (), (), ())
    rows = np.concatenate((plain, np.array(others, np.intp)))
    order = np.argsort(rows, kind="stable")
    return (rows[order], concatenate(parts).select(order)) if others else (rows, parts[0])


def _columns_in_bulk(
    block: Block, mapping: ColumnMap
) -> tuple[dict[str, npt.NDArray[Any]], npt.NDArray[np.bool_]]:
    """The columns under the names that readers of points know, and which rows are read well."""
    time_ms = block.columns[mapping.columns["time"]].times_ms()
    is_plain = time_ms >= EARLIEST_MS
    is_plain &= time_ms < LATEST_MS
    values: dict[str, npt.NDArray[Any]] = {"timestamp_ms": time_ms.astype(np.float64)}
    for ours, key in _POINT_KEYS.items():
        theirs = mapping.columns.get(ours)
        if theirs is None:
            continue
        numbers, is_odd = block.columns[theirs].numbers()
        is_plain &= ~is_odd
        if ours in _LIMITS_DEG:
            is_plain &= np.abs(numbers) <= _LIMITS_DEG[ours]
        values[key] = numbers * _CM_S_IN_KM_H if theirs == "speed_cm_s" else numbers
    return values, is_plain


def _one(block: Block, mapping: ColumnMap, row: int, faults: list[RowFault]) -> Fixes | None:
    """One row's point; None and a fault where it is none."""
    point: dict[str, object] = {}
    for ours, key in _POINT_KEYS.items():
        theirs = mapping.columns.get(ours)
        if theirs is not None:
            factor = _CM_S_IN_KM_H if theirs == "speed_cm_s" else 1.0
            point[key] = _number(block.columns[theirs].at(row), factor)
    time = _number(block.columns[mapping.columns["time"]].at(row))
    point[_time_key(time)] = time
    try:
        return read_points([point]).of_flight(_ALL)
    except BadItem as exc:
        faults.append(_fault(exc, block.lines[row], mapping))
        return None


def _time_key(time: object) -> str:
    if not isinstance(time, float):
        return "datetime"
    return "timestamp" if abs(time) < SECONDS_BELOW else "timestamp_ms"


def _number(cell: object, factor: float = 1.0) -> object:
    """A cell as a float; one that is none as it is, a blank one as None."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return float(cell) * factor  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return cell.strip() if isinstance(cell, str) else cell


def _fault(exc: BadItem, line: int, mapping: ColumnMap) -> RowFault:
    key, _, reason = exc.what.removeprefix("point 0: ").partition(" ")
    ours = next((ours for ours, name in _POINT_KEYS.items() if name == key), "time")
    return RowFault(int(line), mapping.columns.get(ours, key), reason)


def _nameless(block: Block, mapping: ColumnMap, row: int) -> RowFault:
    theirs = mapping.columns.get("flight", "")
    told = mapping.flight_id or block.columns[theirs].at(row)
    return RowFault(int(block.lines[row]), theirs, f"{shown(told)} names no flight")


def _flights(block: Block, mapping: ColumnMap, rows: Places) -> tuple[list[Flight], Places]:
    """The flights of these rows, and which of them each is of; -1 for a row that names none."""
    told = [_names_of(name, block, mapping) for name in ("flight", "race", "bib")]
    shape = tuple(max(1, len(names.texts)) for names in told)
    kinds, which, order = np.arange(shape[0]), told[0].which[rows], range(shape[0])
    if shape[1:] != (1, 1):
        together = np.ravel_multi_index([names.which[rows] for names in told], shape)
        kinds, firsts, which = np.unique(together, return_index=True, return_inverse=True)
        # What a flight's first row tells of it stands.
        order = np.argsort(firsts).tolist()
    flights: dict[str, Flight] = {}
    numbers = np.full(len(kinds), -1, np.intp)
    places: dict[str, int] = {}
    for kind in order:
        at = np.unravel_index(kinds[kind], shape)
        flight = _flight(*(names.texts[place] for names, place in zip(told, at, strict=True)))
        if flight is not None:
            flights[flight.flight_id] = told_first(flights.get(flight.flight_id, flight), flight)
            numbers[kind] = places.setdefault(flight.flight_id, len(places))
    return list(flights.values()), numbers[which]


def told_first(known: Flight, other: Flight) -> Flight:
    """A flight whose race or bib is told differently: what was told first stands, blanks are filled in."""
    return replace(known, race_id=known.race_id or other.race_id, bib=known.bib or other.bib)


def _names_of(name: str, block: Block, mapping: ColumnMap) -> Names:
    fixed = {"flight": mapping.flight_id, "race": mapping.race_id, "bib": mapping.bib}[name]
    theirs = mapping.columns.get(name)
    if fixed or theirs is None:
        return Names([fixed], np.zeros(len(block.lines), np.intp))
    return block.columns[theirs].names()


@lru_cache(maxsize=4096)
def _flight(flight_id: str, race_id: str, bib: str) -> Flight | None:
    """The flight of these names; None where they cannot be stored."""
    told, race, number = (clean_text(name, _NAME_CELLS) for name in (flight_id, race_id, bib))
    try:
        return check_flight(Flight(told, race, number, "migrate"))
    except BadItem:
        return None
