"""What single enqueue calls cost, as measured, and what pipelining gained against those of the same work.

Two sizes of a call are measured, nothing is assumed; between and beyond them the cost is a line.
The view `pipeline_by_minute` of the store does the same arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

TYPICAL_POINTS: Final = 100
"""Points of an item before there was any: a packet of a mobile tracker. The view has the same number."""

_HELD_UP: Final = 2
"""Times the fastest call of its size: what took longer waited for others. On a quiet machine 1 to 3 of 50
did, and 17 to 42 while another program synced to the disk."""


def undisturbed(taken_ms: Sequence[float]) -> list[float]:
    """Of calls of one size those that nothing held up; the fastest is always one."""
    longest_ms = _HELD_UP * min(taken_ms)
    return [ms for ms in taken_ms if ms <= longest_ms]


@dataclass(frozen=True, slots=True)
class Baseline:
    """The cost of a single enqueue call of one item. measured_at_ms: server time. Both costs are >= 0."""

    measured_at_ms: int
    ms_per_call: float
    ms_per_point: float

    @classmethod
    def through(cls, measured_at_ms: int, few: tuple[int, float], many: tuple[int, float]) -> Self:
        """The line through two measurements: (points of a call, ms it took)."""
        (few_points, few_ms), (many_points, many_ms) = few, many
        ms_per_point = max(0.0, (many_ms - few_ms) / (many_points - few_points))
        return cls(measured_at_ms, max(0.0, few_ms - ms_per_point * few_points), ms_per_point)

    def single_calls_ms(self, items: int, points: int) -> float:
        """What a call for each of the items would have taken. points: of all of them together."""
        return self.ms_per_call * items + self.ms_per_point * points


@dataclass(frozen=True, slots=True)
class Gain:
    """What pipelining gained; None where nobody measured, and no speed-up where nothing was pipelined.

    standard_ms_per_item: the mean single call of the pipelined items; before there was any, that of an
    item of 100 points.
    """

    standard_ms_per_item: float | None = None
    speedup: float | None = None
    saved_s: float | None = None


def gain_of(baseline: Baseline | None, items: int, points: int, pipeline_ms: float) -> Gain:
    """Compare pipelined work, which took pipeline_ms, with single calls of the same items and points."""
    if baseline is None:
        return Gain()
    single_ms = baseline.single_calls_ms(items, points)
    return Gain(
        single_ms / items if items else baseline.single_calls_ms(1, TYPICAL_POINTS),
        single_ms / pipeline_ms if items and pipeline_ms else None,
        (single_ms - pipeline_ms) / 1000,
    )
