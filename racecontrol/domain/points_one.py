"""Reading points one by one: slow, exact, and able to say which point is wrong and how.

`points_columns` reads well-formed points twenty times as fast and leaves the rest to this.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from racecontrol.domain.fixes import MISSING, Int32Column
from racecontrol.domain.points_fields import (
    FULL_CIRCLE_DEG,
    LAT,
    LON,
    NUMERIC_TIME_KEYS,
    OPTIONAL,
    TIME_KEYS,
    Columns,
    Field,
)
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS, time_ms_of
from racecontrol.errors import BadItem

Point = Mapping[str, object]

FEW_POINTS: Final = 4
"""Up to which this is the faster reader."""


def read_points(points: Sequence[Point]) -> Columns:
    """The points' columns.

    Raises: BadItem naming the point (from 0) and the field that is missing or impossible.
    """
    times, lats, lons = [], [], []
    optional: list[list[int]] = [[] for _ in OPTIONAL]
    for index, point in enumerate(points):
        if not isinstance(point, Mapping):
            raise BadItem(
                f"point {index}: {type(point).__name__} is no dict", advice="send lat, lon and datetime"
            )
        times.append(_time(index, point))
        lats.append(_position(index, point, LAT))
        lons.append(_position(index, point, LON))
        for column, field in zip(optional, OPTIONAL, strict=True):
            column.append(_optional(index, point, field))
    return Columns(
        np.array(times, np.int64),
        np.array(lats, np.int32),
        np.array(lons, np.int32),
        tuple(_column(values) for values in optional),
    )


def _column(values: list[int]) -> Int32Column | None:
    return np.array(values, np.int32) if any(value != MISSING for value in values) else None


def _time(index: int, point: Point) -> int:
    key = next((key for key in TIME_KEYS if key in point), None)
    if key is None:
        raise _bad(index, "datetime", "is missing", "send ISO 8601 text such as 2026-05-26T11:45:00Z")
    value = point[key]
    unit_ms = NUMERIC_TIME_KEYS.get(key)
    try:
        if unit_ms is not None and isinstance(value, int | float):
            time_ms = round(value * unit_ms)
        else:
            time_ms = time_ms_of(value)
    except (TypeError, ValueError, OverflowError) as exc:
        raise _bad(index, key, f"{_shown(value)} is no time ({exc})", "send ISO 8601 text in UTC") from exc
    if not EARLIEST_MS <= time_ms < LATEST_MS:
        raise _bad(index, key, f"{_shown(value)} is not in the years 2000 to 2099", "set the tracker's clock")
    return time_ms


def _position(index: int, point: Point, field: Field) -> int:
    key = field.keys[0]
    if key not in point:
        raise _bad(index, key, "is missing", "send degrees WGS84")
    number = _number(index, point, key)
    if number is None or not field.low <= number <= field.high:
        what = f"{_shown(point[key])} is not in {field.low:g}..{field.high:g}"
        raise _bad(index, key, what, "send degrees WGS84")
    return round(number * field.scale)


def _optional(index: int, point: Point, field: Field) -> int:
    key = next((key for key in field.keys if key in point), None)
    number = None if key is None else _number(index, point, key)
    if number is None or not field.low <= number <= field.high:
        return MISSING
    stored = round(number * field.scale)
    return 0 if field.high == FULL_CIRCLE_DEG == stored else stored


def _number(index: int, point: Point, key: str) -> float | None:
    """The value, None for null and NaN."""
    value = point[key]
    if value is None:
        return None
    try:
        # What array('d') takes, and nothing else: text is no number, whatever it looks like.
        number = math.fsum((value,))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as exc:
        raise _bad(index, key, f"{_shown(value)} is no number", "send a JSON number") from exc
    return None if math.isnan(number) else number


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _bad(index: int, key: str, what: str, advice: str) -> BadItem:
    return BadItem(f"point {index}: {key} {what}", advice=advice)
