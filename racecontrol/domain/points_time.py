"""Times as senders write them, to UTC milliseconds: one by one, and a thousand at once.

A zone is honoured; ISO 8601 text without one is UTC, as GPS gives it. A naive `datetime`
is refused: it is some machine's local time as often as not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.points_fields import Texts, Values

EARLIEST_MS: Final = 946_684_800_000
"""2000-01-01T00:00:00Z. A tracker whose clock was never set says 1970, 1980 or this very moment."""

LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01T00:00:00Z. Tighter limits need a clock; the codec and its callers at the edge take none."""

MANY: Final = 32
"""Texts from which reading digits as columns beats one `fromisoformat` a text: measured equal at 25-30."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = 86_400_000


def time_ms_of(value: object) -> int:
    """UTC milliseconds of ISO 8601 text or an aware datetime; microseconds are cut off.

    Raises: ValueError or TypeError saying what is wrong with it.
    """
    if isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
    elif isinstance(value, datetime):
        moment = value
        if moment.tzinfo is None:
            raise ValueError("a datetime without a time zone; attach UTC")
    else:
        raise TypeError("neither ISO 8601 text nor a datetime")
    return (moment - _EPOCH) // _MILLISECOND


def times_ms_of(values: Values) -> Int64Column:
    """`time_ms_of` of every value, by columns of digits where all texts are written alike.

    Raises: ValueError or TypeError for a value that is no time; it does not say which.
    """
    if isinstance(values, np.ndarray):
        raise TypeError("a number is neither ISO 8601 text nor a datetime")
    texts = values if isinstance(values, Texts) else _as_texts(values) if len(values) >= MANY else None
    alike = None if texts is None else _times_of_day(texts.rows)
    if alike is not None:
        return alike
    if isinstance(values, Texts):
        values = [row.tobytes().decode() for row in values.rows]
    return np.array([time_ms_of(value) for value in values], np.int64)


def _as_texts(values: Sequence[object]) -> Texts | None:
    """ASCII texts of one length, else None."""
    try:
        joined = "".join(values).encode("ascii")  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):
        return None
    width = len(joined) // len(values)
    if set(map(len, values)) != {width}:  # type: ignore[arg-type]
        return None
    return Texts(np.frombuffer(joined, np.uint8).reshape(len(values), width))


def _times_of_day(texts: npt.NDArray[np.uint8]) -> Int64Column | None:
    """Times of texts that differ from the first in nothing but the digits of the time of day, else None."""
    first = texts[0].tobytes().decode("latin-1")
    if len(first) < 19 or first[10] not in "T ":
        return None
    layout = _layout(len(first), _fraction_digits(first))
    if (texts[:, layout.fixed] != texts[0, layout.fixed]).any():
        return None
    digits = texts[:, layout.places] - np.uint8(ord("0"))
    if (digits.max(axis=0) > layout.highest).any():
        return None
    time_of_day_ms = digits.astype(np.int64) @ layout.weights_ms
    if time_of_day_ms.max() >= _DAY_MS:
        return None
    return time_of_day_ms + (time_ms_of(first) - int(time_of_day_ms[0]))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the digits of the time of day stand in ISO text, what each is worth, and how high it goes."""

    places: npt.NDArray[np.intp]
    weights_ms: Int64Column
    highest: npt.NDArray[np.uint8]
    fixed: npt.NDArray[np.intp]


@lru_cache(maxsize=64)
def _layout(length: int, fraction: int) -> _Layout:
    """The layout of texts of that length, with so many digits after the seconds."""
    places = [11, 12, 14, 15, 17, 18, *range(20, 20 + fraction)]
    weights_ms = [36_000_000, 3_600_000, 600_000, 60_000, 10_000, 1_000, 100, 10, 1]
    weights_ms += [0] * (len(places) - len(weights_ms))
    # Hours above 23 show in the sum, which then passes a day.
    highest = [2, 9, 5, 9, 5, 9] + [9] * fraction
    return _Layout(
        np.array(places),
        np.array(weights_ms[: len(places)], np.int64),
        np.array(highest, np.uint8),
        np.array([place for place in range(length) if place not in places]),
    )


def _fraction_digits(text: str) -> int:
    """Digits after the seconds' point, 0 where there is none."""
    if text[19:20] != ".":
        return 0
    return len(text) - 20 - len(text[20:].lstrip("0123456789"))
