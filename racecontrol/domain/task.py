"""The task: cylinders, start gates, deadline. Times of day are UTC milliseconds of the race's day."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TurnpointKind(StrEnum):
    """What a turnpoint is for; a plain one has no part but its cylinder."""

    TAKEOFF = "takeoff"
    SSS = "sss"
    TURNPOINT = "turnpoint"
    ESS = "ess"
    GOAL = "goal"


@dataclass(frozen=True, slots=True)
class Turnpoint:
    """A cylinder of the task.

    lat_deg, lon_deg: WGS84. radius_m: of the cylinder. alt_m: of its centre above mean sea level.
    """

    name: str
    lat_deg: float
    lon_deg: float
    radius_m: float
    alt_m: int = 0
    kind: TurnpointKind = TurnpointKind.TURNPOINT
    is_exit: bool = False
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One day's course.

    gates_ms: start gates, ms after 00:00:00 UTC of the race's date, rising. open_ms, close_ms: of the
    start; deadline_ms: goal closes; the same unit, None where the task does not say.
    """

    name: str
    turnpoints: tuple[Turnpoint, ...]
    gates_ms: tuple[int, ...] = ()
    open_ms: int | None = None
    close_ms: int | None = None
    deadline_ms: int | None = None

    def turnpoint_of(self, kind: TurnpointKind) -> Turnpoint | None:
        """The first turnpoint of that kind, or None."""
        return next((turnpoint for turnpoint in self.turnpoints if turnpoint.kind is kind), None)
