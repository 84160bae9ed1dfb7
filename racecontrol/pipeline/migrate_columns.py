"""What the columns of a foreign table mean, and its rows as fixes or with what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_fields import Columns
from racecontrol.domain.points_one import read_points
from racecontrol.domain.text import clean_text
from racecontrol.errors import BadItem, ConfigError
from racecontrol.formats.tables import Block, RowFault, shown
from racecontrol.queues.checks import check_flight

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "flight": ("flight_id", "flight_uuid", "flight"),
    "time": ("datetime", "date_time", "time", "timestamp", "timestamp_ms"),
    "lat": ("lat", "latitude", "lat_deg"),
    "lon": ("lon", "lng", "longitude", "lon_deg"),
    "gnss_alt": ("elevation", "gps_alt", "gnss_alt_m"),
    "pressure_alt": ("barometric_altitude", "pressure_alt_m"),
    "speed": ("speed", "speed_cm_s"),
    "heading": ("heading", "heading_deg"),
    "race": ("race_id", "race"),
    "bib": ("bib",),
}
"""Our names, and the columns that are taken for them if nobody says otherwise; the first that is there."""

_REQUIRED: Final = ("time", "lat", "lon")
_POINT_KEYS: Final = {
    "lat": "lat",
    "lon": "lon",
    "gnss_alt": "elevation",
    "pressure_alt": "barometric_altitude",
    "speed": "speed",
    "heading": "heading",
}
_CM_S_IN_KM_H: Final = 0.036

_NAME_CELLS: Final = 100

_SECONDS_BELOW: Final = 1e11
"""A number that is a time: below, it is seconds since 1970; from here on milliseconds."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of the table is which of ours, and what holds for all rows."""

    columns: Mapping[str, str]
    flight_id: str = ""
    race_id: str = ""
    bib: str = ""


def map_columns(
    found: Sequence[str], given: Mapping[str, str], *, flight_id: str = "", race_id: str = "", bib: str = ""
) -> ColumnMap:
    """Find our columns among those of the table. given: our name to theirs, as the operator says.

    Raises: ConfigError for a name that is not ours, a column the table does not have, or one that is needed
    and not found.
    """
    for ours, theirs in given.items():
        if ours not in NAMES:
            raise ConfigError(f"map: no column is called {ours!r} here", advice=f"use {', '.join(NAMES)}")
        if theirs not in found:
            raise ConfigError(f"map: the table has no column {theirs!r}", advice=f"it has {', '.join(found)}")
    columns = dict(given)
    for ours, names in NAMES.items():
        for theirs in names:
            if theirs in found:
                columns.setdefault(ours, theirs)
    missing = [name for name in _REQUIRED if name not in columns]
    if "flight" not in columns and not flight_id:
        missing.append("flight")
    if missing:
        raise ConfigError(
            f"the table has no column for {', '.join(missing)}",
            advice=f"say which it is, as --map {missing[0]}=COLUMN; it has {', '.join(found)}",
        )
    return ColumnMap(columns, flight_id, race_id, bib)


def fixes_of(block: Block, mapping: ColumnMap) -> tuple[list[Fixes], list[RowFault]]:
    """The block's points, a piece a flight, and the rows that are refused; of one time the first stands."""
    faults = list(block.faults)
    if not block.lines:
        return [], faults
    points = _point_columns(block, mapping)
    kept: Sequence[int] = range(len(block.lines))
    columns = columns_of_values(points)
    if columns is None:
        columns, kept = _one_by_one(points, block, mapping, faults)
    return list(_by_flight(columns, kept, block, mapping, faults)), faults


def _point_columns(block: Block, mapping: ColumnMap) -> dict[str, Sequence[object]]:
    """The columns under the names that readers of points know, with numbers for text."""
    points: dict[str, Sequence[object]] = {}
    for ours, key in _POINT_KEYS.items():
        theirs = mapping.columns.get(ours)
        if theirs is not None:
            points[key] = _numbers(block.columns[theirs], _CM_S_IN_KM_H if theirs == "speed_cm_s" else 1.0)
    times = _numbers(block.columns[mapping.columns["time"]])
    first = next((value for value in times if isinstance(value, float)), None)
    if first is None:
        points["datetime"] = times
    else:
        points["timestamp" if abs(first) < _SECONDS_BELOW else "timestamp_ms"] = times
    return points


def _numbers(cells: Sequence[object], factor: float = 1.0) -> Sequence[object]:
    """The cells as floats; those that are none as they are, blank ones as None."""
    try:
        numbers = list(map(float, cells))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return [_number(cell, factor) for cell in cells]
    return numbers if factor == 1.0 else [number * factor for number in numbers]


def _number(cell: object, factor: float) -> object:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    try:
        return float(cell) * factor  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return cell.strip() if isinstance(cell, str) else cell


def _one_by_one(
    points: Mapping[str, Sequence[object]], block: Block, mapping: ColumnMap, faults: list[RowFault]
) -> tuple[Columns, list[int]]:
    """The rows that are points, and a fault for each other."""
    good: list[dict[str, object]] = []
    kept: list[int] = []
    for row, values in enumerate(zip(*points.values(), strict=True)):
        point = dict(zip(points, values, strict=True))
        try:
            read_points([point])
        except BadItem as exc:
            faults.append(_fault(exc, block.lines[row], mapping))
            continue
        good.append(point)
        kept.append(row)
    return read_points(good), kept


def _fault(exc: BadItem, line: int, mapping: ColumnMap) -> RowFault:
    key, _, reason = exc.what.removeprefix("point 0: ").partition(" ")
    ours = next((ours for ours, name in _POINT_KEYS.items() if name == key), "time")
    return RowFault(line, mapping.columns.get(ours, key), reason)


def _by_flight(
    columns: Columns, kept: Sequence[int], block: Block, mapping: ColumnMap, faults: list[RowFault]
) -> Iterator[Fixes]:
    flights, numbers = _flights(kept, block, mapping, faults)
    order = np.lexsort((columns.time_ms, numbers))
    order = order[numbers[order] >= 0]
    number, time_ms = numbers[order], columns.time_ms[order]
    is_first = np.ones(len(order), np.bool_)
    is_first[1:] = (number[1:] != number[:-1]) | (time_ms[1:] != time_ms[:-1])
    order, number = order[is_first], number[is_first]
    everything = columns.of_flight(Flight("all"))
    for start, end in pairwise(np.flatnonzero(np.diff(number, prepend=-1, append=-1)).tolist()):
        yield everything.select(order[start:end]).of_flight(flights[int(number[start])])


def _flights(
    kept: Sequence[int], block: Block, mapping: ColumnMap, faults: list[RowFault]
) -> tuple[list[Flight], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The flights of the rows, and which of them each row is of; -1 for a row that is refused."""
    names = [_names_of(name, mapping, block) for name in ("flight", "race", "bib")]
    flights: list[Flight] = []
    known: dict[tuple[object, ...], int] = {}
    numbers = np.empty(len(kept), np.int64)
    for place, row in enumerate(kept):
        told = tuple(column if isinstance(column, str) else column[row] for column in names)
        number = known.get(told)
        if number is None:
            flight = _flight(*told)
            number = known[told] = len(flights) if flight else -1
            flights += [flight] if flight else []
        if number < 0:
            faults.append(
                RowFault(
                    block.lines[row], mapping.columns.get("flight", ""), f"{shown(told[0])} names no flight"
                )
            )
        numbers[place] = number
    return flights, numbers


def _names_of(name: str, mapping: ColumnMap, block: Block) -> str | Sequence[object]:
    fixed = {"flight": mapping.flight_id, "race": mapping.race_id, "bib": mapping.bib}[name]
    theirs = mapping.columns.get(name)
    return fixed if fixed or theirs is None else block.columns[theirs]


@lru_cache(maxsize=4096)
def _flight(flight_id: object, race_id: object, bib: object) -> Flight | None:
    """The flight of these names; None where they cannot be stored."""
    flight = Flight(_text(flight_id), _text(race_id), _text(bib), "migrate")
    try:
        return check_flight(flight)
    except BadItem:
        return None


def _text(name: object) -> str:
    return "" if name is None else clean_text(str(name), _NAME_CELLS)
