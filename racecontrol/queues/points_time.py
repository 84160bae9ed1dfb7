"""Times as senders write them, to UTC milliseconds: one by one, and a thousand at once.

A zone is honoured; ISO 8601 text without one is UTC, as GPS gives it. A naive `datetime`
is refused: it is some machine's local time as often as not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column

EARLIEST_MS: Final = 946_684_800_000
"""2000-01-01T00:00:00Z. A tracker whose clock was never set says 1970, 1980 or this very moment."""

LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01T00:00:00Z. Tighter limits need a clock; the codec and its callers at the edge take none."""

MANY: Final = 64
"""Texts from which reading digits as columns beats one `fromisoformat` a text: measured equal at 50-80."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY_S = 86_400


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


def times_ms_of(values: Sequence[object]) -> Int64Column:
    """`time_ms_of` of every value, by columns of digits where all texts are written alike.

    Raises: ValueError or TypeError for a value that is no time; it does not say which.
    """
    if len(values) >= MANY:
        alike = _times_of_day(values)
        if alike is not None:
            return alike
    return np.array([time_ms_of(value) for value in values], np.int64)


def _times_of_day(values: Sequence[object]) -> Int64Column | None:
    """Times of texts that differ from the first in nothing but the digits of the time of day, else None."""
    first = values[0]
    if not isinstance(first, str) or len(first) < 19 or first[10] not in "T " or not first.isascii():
        return None
    try:
        joined = "".join(values).encode("ascii")  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):
        return None
    if len(joined) != len(first) * len(values):
        return None
    texts = np.frombuffer(joined, np.uint8).reshape(len(values), len(first))
    places, weights_ms = _digit_places(first)
    same = np.ones(len(first), np.bool_)
    same[places] = False
    if (texts[:, same] != texts[0, same]).any():
        return None
    digits = texts[:, places] - np.uint8(ord("0"))
    # Tens of minutes and seconds stay below 6; an hour above 23 shows in the sum.
    if (digits.max(axis=0) > np.where(np.isin(places, (14, 17)), 5, 9)).any():
        return None
    time_of_day_ms = digits.astype(np.int64) @ weights_ms
    if time_of_day_ms.max() >= _DAY_S * 1000:
        return None
    return time_of_day_ms + (time_ms_of(first) - int(time_of_day_ms[0]))


def _digit_places(text: str) -> tuple[npt.NDArray[np.intp], Int64Column]:
    """Where the digits of the time of day stand in ISO text, and what each is worth in ms."""
    places = [11, 12, 14, 15, 17, 18]
    weights_ms = [36_000_000, 3_600_000, 600_000, 60_000, 10_000, 1_000]
    if text[19:20] == ".":
        for place, weight_ms in zip(range(20, len(text)), (100, 10, 1, 0, 0, 0), strict=False):
            if not text[place].isdigit():
                break
            places.append(place)
            weights_ms.append(weight_ms)
    return np.array(places), np.array(weights_ms, np.int64)
