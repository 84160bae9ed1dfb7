"""Version 1 of XCTrack's task format: the `.xctsk` file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.domain.text import clean_name
from racecontrol.formats.xctsk_fields import (
    MOST_GATES,
    MOST_TURNPOINTS,
    Altitude,
    Latitude,
    Longitude,
    Name,
    Part,
    Radius,
    TimeOfDay,
    course,
    time_text,
)


class _Waypoint(Part):
    name: Name = ""
    lat: Latitude
    lon: Longitude
    altSmoothed: Altitude = 0


class _Turnpoint(Part):
    type: Literal["TAKEOFF", "SSS", "ESS", "", None] = None
    radius: Radius
    waypoint: _Waypoint


class _Start(Part):
    direction: Literal["ENTER", "ENTRY", "EXIT"] | None = None
    timeGates: Annotated[tuple[TimeOfDay, ...], Field(max_length=MOST_GATES)] = ()
    timeOpen: TimeOfDay | None = None
    timeClose: TimeOfDay | None = None


class _Goal(Part):
    type: Literal["CYLINDER", "LINE"] | None = None
    deadline: TimeOfDay | None = None


class TaskV1(Part):
    """A `.xctsk` document, checked."""

    turnpoints: Annotated[tuple[_Turnpoint, ...], Field(min_length=1, max_length=MOST_TURNPOINTS)]
    sss: _Start | None = None
    goal: _Goal | None = None

    def to_task(self) -> Task:
        """The document as a task."""
        start = self.sss or _Start()
        goal = self.goal or _Goal()
        turnpoints = [
            Turnpoint(
                name=clean_name(turnpoint.waypoint.name),
                lat_deg=turnpoint.waypoint.lat,
                lon_deg=turnpoint.waypoint.lon,
                radius_m=turnpoint.radius,
                alt_m=round(turnpoint.waypoint.altSmoothed),
                kind=TurnpointKind((turnpoint.type or "turnpoint").lower()),
                is_exit=turnpoint.type == "SSS" and start.direction == "EXIT",
            )
            for turnpoint in self.turnpoints
        ]
        return Task(
            name="",
            turnpoints=course(turnpoints, is_goal_line=goal.type == "LINE"),
            gates_ms=tuple(sorted(start.timeGates)),
            open_ms=start.timeOpen,
            close_ms=start.timeClose,
            deadline_ms=goal.deadline,
        )


def document_of(task: Task) -> dict[str, object]:
    """The `.xctsk` document of a task."""
    start = task.turnpoint_of(TurnpointKind.SSS)
    sss: dict[str, object] = {
        "type": "RACE",
        "direction": "EXIT" if start is not None and start.is_exit else "ENTER",
        "timeGates": [time_text(gate_ms) for gate_ms in task.gates_ms],
    }
    sss |= _times(timeOpen=task.open_ms, timeClose=task.close_ms)
    is_line = bool(task.turnpoints) and task.turnpoints[-1].is_line
    goal = {"type": "LINE" if is_line else "CYLINDER"} | _times(deadline=task.deadline_ms)
    return {
        "taskType": "CLASSIC",
        "version": 1,
        "earthModel": "WGS84",
        "turnpoints": [_turnpoint(turnpoint) for turnpoint in task.turnpoints],
        "sss": sss,
        "goal": goal,
    }


def _turnpoint(turnpoint: Turnpoint) -> dict[str, object]:
    has_type = turnpoint.kind not in (TurnpointKind.TURNPOINT, TurnpointKind.GOAL)
    return ({"type": turnpoint.kind.name} if has_type else {}) | {
        "radius": turnpoint.radius_m,
        "waypoint": {
            "name": turnpoint.name,
            "description": "",
            "lat": turnpoint.lat_deg,
            "lon": turnpoint.lon_deg,
            "altSmoothed": turnpoint.alt_m,
        },
    }


def _times(**times_ms: int | None) -> dict[str, str]:
    return {name: time_text(time_ms) for name, time_ms in times_ms.items() if time_ms is not None}
