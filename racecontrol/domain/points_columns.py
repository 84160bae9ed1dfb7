"""Reading well-formed points a column at a time. Whatever is not well-formed is left to `points_one`."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import MISSING, Int32Column, Int64Column
from racecontrol.domain.points_alike import read_alike
from racecontrol.domain.points_digits import times_ms_of
from racecontrol.domain.points_fields import (
    FULL_CIRCLE_DEG,
    LAT,
    LON,
    NUMERIC_TIME_KEYS,
    OPTIONAL,
    TIME_KEYS,
    Columns,
    Field,
    Texts,
    Values,
)
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS

_NOTHING = float("nan")
_MANY = 256
"""Points from which a list by itself is read faster as points that are written alike: equal at 200."""


def columns_of(points: Sequence[Mapping[str, object]]) -> Columns | None:
    """The points' columns; None where the points have different keys, or a value is not as it should be."""
    for _, alike in read_alike([points] if len(points) >= _MANY else []):
        columns = columns_of_values(alike)
        if columns is not None:
            return columns
    by_key = _values_by_key(points)
    return None if by_key is None else columns_of_values(by_key)


def columns_of_values(by_key: Mapping[str, Values]) -> Columns | None:
    """The columns of points whose values stand by key, as many of each; None as `columns_of`."""
    try:
        time_ms = _times(by_key)
        lat_e7, lon_e7 = _positions(by_key, LAT), _positions(by_key, LON)
        optional = tuple(_optional(by_key, field) for field in OPTIONAL)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    if time_ms is None or lat_e7 is None or lon_e7 is None:
        return None
    return Columns(time_ms, lat_e7, lon_e7, optional)


def _values_by_key(points: Sequence[Mapping[str, object]]) -> dict[str, Values] | None:
    """Every key's values, where all points have the very keys of the first."""
    if not points:
        return None
    first = points[0]
    try:
        # As many keys as the first, and each of the first's: the same keys. Cheaper than comparing sets.
        if set(map(len, points)) != {len(first)}:
            return None
        return {key: [point[key] for point in points] for key in first}
    except (KeyError, TypeError):
        return None


def _times(by_key: Mapping[str, Values]) -> Int64Column | None:
    key = next(key for key in TIME_KEYS if key in by_key)
    values = by_key[key]
    unit_ms = NUMERIC_TIME_KEYS.get(key)
    time_ms: Int64Column
    if unit_ms is not None and not _are_texts(values):
        floats_ms = _numbers(values) * unit_ms
        if not (floats_ms.min() >= EARLIEST_MS and floats_ms.max() <= LATEST_MS):
            return None
        time_ms = np.rint(floats_ms).astype(np.int64)
    else:
        time_ms = times_ms_of(values)
    if time_ms.min() < EARLIEST_MS or time_ms.max() >= LATEST_MS:
        return None
    return time_ms


def _positions(by_key: Mapping[str, Values], field: Field) -> Int32Column | None:
    degrees = _numbers(by_key[field.keys[0]])
    # NaN fails both comparisons, since min and max give it on.
    if not (degrees.min() >= field.low and degrees.max() <= field.high):
        return None
    return np.rint(degrees * field.scale).astype(np.int32)


def _optional(by_key: Mapping[str, Values], field: Field) -> Int32Column | None:
    key = next((key for key in field.keys if key in by_key), None)
    if key is None:
        return None
    values = by_key[key]
    try:
        numbers = _numbers(values)
    except TypeError:
        if isinstance(values, Texts):
            raise
        numbers = _numbers([_NOTHING if value is None else value for value in values])
    if numbers.min() >= field.low and numbers.max() <= field.high:
        stored = np.rint(numbers * field.scale).astype(np.int32)
    else:
        with np.errstate(invalid="ignore"):
            is_there = (numbers >= field.low) & (numbers <= field.high)
        if not is_there.any():
            return None
        stored = np.full(len(numbers), MISSING, np.int32)
        stored[is_there] = np.rint(numbers[is_there] * field.scale)
    if field.high == FULL_CIRCLE_DEG:
        stored[stored == FULL_CIRCLE_DEG] = 0
    return stored


def _are_texts(values: Values) -> bool:
    if isinstance(values, np.ndarray):
        return False
    return isinstance(values, Texts) or isinstance(values[0], str)


def _numbers(values: Values) -> npt.NDArray[np.float64]:
    """Raises: TypeError for what is no number; text that looks like one is none."""
    if isinstance(values, Texts):
        raise TypeError("text")
    if isinstance(values, np.ndarray):
        return values
    return np.frombuffer(array("d", values), np.float64)  # type: ignore[type-var]
