"""Times as senders write them, to UTC milliseconds, one by one. Many at once: `points_columns`.

A zone is honoured; ISO 8601 text without one is UTC, as GPS gives it. A naive `datetime`
is refused: it is some machine's local time as often as not.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

EARLIEST_MS: Final = 946_684_800_000
"""2000-01-01T00:00:00Z. A tracker whose clock was never set says 1970, 1980 or this very moment."""

LATEST_MS: Final = 4_102_444_800_000
"""2100-01-01T00:00:00Z. Tighter limits need a clock; the codec and its callers at the edge take none."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


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
