"""Rates of monotonic counters over the server's clock, and how long a queue takes to drain. No IO.

Rates are means over the last RATE_WINDOW_MS: steady enough to read, exact (they are counted, not
decayed), and zero as soon as nothing has happened for that long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

RATE_WINDOW_MS = 5_000
"""How far back a rate looks: over 2 s its digits move too fast to read, over 10 s it lags the sparkline."""

DRAIN_WINDOW_MS = 2_000
"""How far back a drain time looks: short, since after a burst the rate in of 5 s ago says nothing of now."""

STEADY_SHARE = 0.05
"""A queue that changes by less than this share of its traffic is steady; a tick's jitter is about 3 %."""


LONGEST_DRAIN_S = 100 * 3600
"""A drain time beyond this is no news: steady."""


@dataclass(frozen=True, slots=True)
class Drain:
    """Where a queue's work is heading. seconds: until empty, None where it does not shrink."""

    seconds: float | None
    is_growing: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A counter's total and when it was told, in server time."""

    total: int
    time_ms: int


def rate_per_s(before: float, after: float, elapsed_ms: int) -> float | None:
    """The mean rate of a counter that went from `before` to `after`, per second.

    None where no time has passed, or where the counter went down: its server lost data, so
    nothing is known of what happened in between.
    """
    if elapsed_ms <= 0 or after < before:
        return None
    return (after - before) * 1000 / elapsed_ms


def total_rate_per_s(before: Mapping[str, Reading], after: Mapping[str, Reading]) -> float:
    """The rate of many processes' counters together, each over its own clock reading.

    One that comes, goes or begins anew in between counts as nothing.
    """
    rates = (
        rate_per_s(before[name].total, now.total, now.time_ms - before[name].time_ms)
        for name, now in after.items()
        if name in before
    )
    return sum((rate for rate in rates if rate is not None), 0.0)


def drain_of(pending: int, in_rate: float | None, out_rate: float | None) -> Drain:
    """How long `pending` points take to drain at these rates (points a second), or that they grow."""
    if pending <= 0:
        return Drain(0.0)
    if in_rate is None or out_rate is None:
        return Drain(None)
    shrinking = out_rate - in_rate
    if abs(shrinking) <= STEADY_SHARE * max(in_rate, out_rate):
        return Drain(None)
    if shrinking < 0:
        return Drain(None, is_growing=True)
    # Multiplied, not divided: a rate next to zero would make the quotient infinite.
    return Drain(pending / shrinking) if shrinking * LONGEST_DRAIN_S > pending else Drain(None)
