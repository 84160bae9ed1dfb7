"""The only place that knows the time. Everything else takes a `Clock`, or the time as a parameter."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is: for people (`now_ms`) and for measuring (`monotonic_s`)."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""

    def monotonic_s(self) -> float:
        """Seconds since some fixed moment; never steps back."""


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.perf_counter()


SYSTEM_CLOCK = SystemClock()


def utc(time_ms: int) -> datetime:
    """The aware UTC datetime of a time in milliseconds."""
    return datetime.fromtimestamp(time_ms / 1000, UTC)


def iso_utc(time_ms: int) -> str:
    """A time as ISO 8601 with milliseconds only where there are any: 2026-05-26T11:45:00Z."""
    whole_s, ms = divmod(time_ms, 1000)
    text = datetime.fromtimestamp(whole_s, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms:03d}Z" if ms else f"{text}Z"


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch of an aware datetime.

    Raises: ValueError where `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a datetime without a time zone has no UTC time")
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
