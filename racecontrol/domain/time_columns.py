"""ISO 8601 texts of one length that differ in nothing but the time of day, as columns of characters.

2026-05-26T 11:40:00 .000Z
└ date      └ clock  └ zone: equal in all of them, so the first one, read whole, stands for them
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.points_time import time_ms_of

SHORTEST: Final = 19
"""Characters up to the seconds."""

_DATE: Final = 11
_LOWEST: Final = np.frombuffer(b"00:00:00", np.uint8)[:, np.newaxis]
_RANGE: Final = np.frombuffer(b"29:59:59", np.uint8)[:, np.newaxis] - _LOWEST
"""Of each character above the lowest. An hour above 23 shows in the sum, which then passes a day."""

_WORTH_MS: Final = np.array([36_000_000, 3_600_000, 0, 600_000, 60_000, 0, 10_000, 1_000], np.float64)
_DAY_MS: Final = 86_400_000


def text_format(chars: int) -> np.dtype[np.void]:
    """The layout of a text of `chars` characters, at least SHORTEST."""
    return np.dtype([("date", f"V{_DATE}"), ("clock", "u1", (8,)), ("zone", f"V{chars - SHORTEST}")])


def times_of_day_ms(texts: npt.NDArray[np.void]) -> Int64Column | None:
    """UTC milliseconds of texts laid out as `text_format`, one or more; None where they are not as above."""
    if not (_are_equal(texts["date"]) and _are_equal(texts["zone"])):
        return None
    clock = np.subtract(texts["clock"].T, _LOWEST, order="C")
    if (clock > _RANGE).any():
        return None
    of_day_ms: npt.NDArray[np.float64] = _WORTH_MS @ clock
    if of_day_ms.max() >= _DAY_MS:
        return None
    try:
        first_ms = time_ms_of(texts[0].tobytes().decode())
    except ValueError:
        return None
    time_ms: Int64Column = of_day_ms.astype(np.int64)
    return time_ms + (first_ms - int(of_day_ms[0]))


def _are_equal(texts: npt.NDArray[np.void]) -> bool:
    written = texts.tobytes()
    return written == written[: texts.itemsize] * len(texts)
