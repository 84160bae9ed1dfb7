"""Version 2 of XCTrack's task format: what its QR codes hold, with short keys and packed positions."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.domain.text import clean_name
from racecontrol.formats.xctsk_fields import MOST_GATES, MOST_TURNPOINTS, Name, Part, TimeOfDay, course

_LONGEST_PLACE = 40
"""Characters of four packed numbers; the longest possible ones take 26."""

_KINDS = {2: TurnpointKind.SSS, 3: TurnpointKind.ESS}
_EXIT = 2
_LINE = 1
_DEGREES = 1e-5


def unpack_numbers(text: str) -> list[int]:
    """The whole numbers of a polyline string, five bits a character, sign in the lowest bit.

    Not differences, unlike in Google's "Encoded Polyline Algorithm Format", which it is otherwise.
    Raises: ValueError for other characters, or a string that ends inside a number.
    """
    numbers: list[int] = []
    value = shift = 0
    for char in text:
        bits = ord(char) - 63
        if not 0 <= bits < 64:
            raise ValueError("a character that no packed position has")
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift:
        raise ValueError("a packed position that is cut off")
    return numbers


def _is_place(text: str) -> str:
    numbers = unpack_numbers(text)
    if len(numbers) not in (3, 4):
        raise ValueError("a packed position has longitude, latitude, altitude and maybe a radius")
    lon, lat, alt, *radius = numbers
    if not (abs(lon) <= 180 / _DEGREES and abs(lat) <= 90 / _DEGREES):
        raise ValueError("a packed position that is not on Earth")
    if not (-1000 <= alt <= 20_000 and all(0 <= metres <= 1_000_000 for metres in radius)):
        raise ValueError("a packed position with an impossible altitude or radius")
    return text


class _Turnpoint(Part):
    z: Annotated[str, Field(max_length=_LONGEST_PLACE), AfterValidator(_is_place)]
    n: Name | None = None
    t: int | None = None

    def to_turnpoint(self, *, is_exit: bool) -> Turnpoint:
        lon, lat, alt, *radius = unpack_numbers(self.z)
        kind = _KINDS.get(self.t or 0, TurnpointKind.TURNPOINT)
        return Turnpoint(
            name=clean_name(self.n or ""),
            lat_deg=round(lat * _DEGREES, 5),
            lon_deg=round(lon * _DEGREES, 5),
            radius_m=float(radius[0]) if radius else 0.0,
            alt_m=alt,
            kind=kind,
            is_exit=is_exit and kind is TurnpointKind.SSS,
        )


class _Start(Part):
    g: Annotated[tuple[TimeOfDay, ...], Field(max_length=MOST_GATES)] = ()
    d: Literal[1, 2] | None = None


class _Goal(Part):
    t: Literal[1, 2] | None = None
    d: TimeOfDay | None = None


_Turnpoints = Annotated[tuple[_Turnpoint, ...], Field(min_length=1, max_length=MOST_TURNPOINTS)]


class TaskV2(Part):
    """A QR code's document, checked."""

    t: _Turnpoints
    s: _Start | None = None
    g: _Goal | None = None

    def to_task(self) -> Task:
        """The document as a task. Where the first turnpoint is not the SSS, it is the take-off."""
        start = self.s or _Start()
        goal = self.g or _Goal()
        turnpoints = [turnpoint.to_turnpoint(is_exit=start.d == _EXIT) for turnpoint in self.t]
        if turnpoints[0].kind is TurnpointKind.TURNPOINT and len(turnpoints) > 1:
            turnpoints[0] = replace(turnpoints[0], kind=TurnpointKind.TAKEOFF)
        return Task(
            name="",
            turnpoints=course(turnpoints, is_goal_line=goal.t == _LINE),
            gates_ms=tuple(sorted(start.g)),
            deadline_ms=goal.d,
        )


class RouteV2(Part):
    """A route of waypoints: no cylinders, no start, no goal."""

    t: _Turnpoints

    def to_task(self) -> Task:
        """The route as a task whose turnpoints have a radius of 0."""
        return Task(name="", turnpoints=tuple(point.to_turnpoint(is_exit=False) for point in self.t))
