"""What a measurement gives: seconds by method, and checks of their ratios against the goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

REPLACED: Final = "replaced, single calls"
REPLACED_PIPE: Final = "replaced, pipelined"
REPLACED_DEQUEUE: Final = "replaced, ZPOPMIN + JSON"
OURS: Final = "racecontrol"
CEILING: Final = "ceiling, ready-made bytes"


@dataclass(frozen=True, slots=True)
class Goal:
    """What is asked for. bar: must be met. stretch: the aim, or None. is_most: not to be exceeded."""

    name: str
    unit: str
    bar: float
    stretch: float | None = None
    is_most: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A measured value against its goal."""

    goal: Goal
    value: float

    @property
    def is_met(self) -> bool:
        return self._reaches(self.goal.bar)

    @property
    def is_stretched(self) -> bool:
        return self.goal.stretch is not None and self._reaches(self.goal.stretch)

    def _reaches(self, mark: float) -> bool:
        return self.value <= mark if self.goal.is_most else self.value >= mark


@dataclass(frozen=True, slots=True)
class Measured:
    """One scenario. seconds: medians by method. points, items: of every method, save where its name says."""

    name: str
    points: int
    items: int
    seconds: Mapping[str, float]
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "scenario": self.name,
            "points": self.points,
            "items": self.items,
            "points_an_item": self.points / self.items if self.items else 0,
            "methods": {
                method: {"ms": seconds * 1000, "points_per_s": self.points / seconds}
                for method, seconds in self.seconds.items()
            },
            "checks": [
                {
                    "name": check.goal.name,
                    "unit": check.goal.unit,
                    "value": check.value,
                    "bar": check.goal.bar,
                    "stretch": check.goal.stretch,
                    "met": check.is_met,
                    "stretched": check.is_stretched,
                }
                for check in self.checks
            ],
            "notes": list(self.notes),
        }


def times_faster(goal: Goal, seconds: Mapping[str, float], than: str, method: str = OURS) -> Check:
    """How many times as fast as another method."""
    return Check(goal, seconds[than] / seconds[method])


def percent_of(goal: Goal, seconds: Mapping[str, float], than: str, method: str = OURS) -> Check:
    """How much of another method's speed is reached."""
    return Check(goal, 100 * seconds[than] / seconds[method])
