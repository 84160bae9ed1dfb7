"""Many times as senders write them, to UTC milliseconds: texts that are written alike by their digits.

    2026-05-26T11:40:07.250+02:00
    └─ date ─┘ └ clock┘ └f┘ zone     dates: each distinct one is read once; zone: the same in all

Each part of a text is looked at as one number, eight characters to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.iso_digits import ISO_SECONDS, Words, byte_at, fraction_digits, pairs_of
from racecontrol.domain.points_fields import Texts, Values
from racecontrol.domain.points_time import time_ms_of

TextRows = npt.NDArray[np.uint8]
"""Texts of one length: one a row, a character a cell."""

MANY: Final = 32
"""Texts from which reading digits as columns beats one `fromisoformat` a text: measured equal at 25-30."""

_CLOCK_AT: Final = 11

_CLOCK_ZERO: Final = np.uint64(int.from_bytes(b"00:00:00", "little"))
_SIX_EACH: Final = np.uint64(int.from_bytes(b"\6\6\0\6\6\0\6\6", "little"))
_NO_DIGIT: Final = np.uint64(int.from_bytes(b"\xf0\xf0\xff\xf0\xf0\xff\xf0\xf0", "little"))
_SIXTY: Final = np.uint64(60)


def times_ms_of(values: Values) -> Int64Column:
    """`time_ms_of` of every value.

    Raises: ValueError or TypeError for a value that is no time; it does not say which.
    """
    if isinstance(values, np.ndarray):
        raise TypeError("a number is neither ISO 8601 text nor a datetime")
    texts = values if isinstance(values, Texts) else _as_texts(values) if len(values) >= MANY else None
    alike = None if texts is None else _times_alike(texts.rows)
    if alike is not None:
        return alike
    if isinstance(values, Texts):
        raise ValueError("not written alike: one of them may stand for a datetime without a zone")
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


def _times_alike(texts: TextRows) -> Int64Column | None:
    """The texts' times; None where they differ from the first in more than digits of date and clock.

    Raises: ValueError for a date that the calendar lacks, or a zone that is none.
    """
    first = texts[0].tobytes().decode("latin-1")
    if len(first) < ISO_SECONDS or first[_CLOCK_AT - 1] not in "T ":
        return None
    digits = fraction_digits(first)
    fraction = slice(ISO_SECONDS + 1, ISO_SECONDS + 1 + digits)
    zone_at = fraction.stop if digits else ISO_SECONDS
    if not (_are_alike(texts[:, zone_at:]) and _are_alike(texts[:, ISO_SECONDS : ISO_SECONDS + 1])):
        return None
    midnights_ms = _midnights_ms(texts, first[zone_at:])
    clocks_s, fractions_ms = _clocks_s(texts), _fractions_ms(texts[:, fraction])
    if midnights_ms is None or clocks_s is None or fractions_ms is None:
        return None
    return midnights_ms + clocks_s * 1000 + fractions_ms


def _are_alike(texts: TextRows) -> bool:
    return bool((texts == texts[0]).all())


def _words(texts: TextRows, at: int) -> Words:
    """Eight characters of each text as one number, the first of them lowest."""
    return np.ndarray(len(texts), "<u8", texts, at, texts.strides[:1])


def _midnights_ms(texts: TextRows, zone: str) -> Int64Column | np.int64 | None:
    """The midnight with which each text's date begins; None where they are of several centuries or so."""
    years, dates = _words(texts, 0), _words(texts, _CLOCK_AT - 8)
    if (dates == dates[0]).all() and (years == years[0]).all():
        return np.int64(_midnight_ms(texts[0], zone))
    if not _are_alike(texts[:, : _CLOCK_AT - 8]):
        return None
    _, firsts, which = np.unique(dates, return_index=True, return_inverse=True)
    return np.array([_midnight_ms(texts[at], zone) for at in firsts], np.int64)[which]


def _midnight_ms(text: TextRows, zone: str) -> int:
    return time_ms_of(f"{text[:_CLOCK_AT].tobytes().decode('latin-1')}00:00:00{zone}")


def _clocks_s(texts: TextRows) -> Int64Column | None:
    """Seconds since midnight; None where one is no time of day."""
    digits = _words(texts, _CLOCK_AT) ^ _CLOCK_ZERO
    # A digit is 0..9 now, so that with 6 added it stays below 16; a colon is 0.
    if ((digits | (digits + _SIX_EACH)) & _NO_DIGIT).any():
        return None
    pairs = pairs_of(digits)
    hours, minutes, seconds = (byte_at(pairs, place) for place in (0, 3, 6))
    if hours.max() > 23 or minutes.max() > 59 or seconds.max() > 59:
        return None
    return ((hours * _SIXTY + minutes) * _SIXTY + seconds).astype(np.int64)


def _fractions_ms(digits: TextRows) -> Int64Column | np.int64 | None:
    """Milliseconds after the second, what is finer cut off; None where one is no digit."""
    if not digits.shape[1]:
        return np.int64(0)
    values = digits - np.uint8(ord("0"))
    if (values > 9).any():
        return None
    worth_ms = np.array([100, 10, 1, *[0] * digits.shape[1]], np.int64)[: digits.shape[1]]
    return values.astype(np.int64) @ worth_ms
