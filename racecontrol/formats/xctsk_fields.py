"""The values that both versions of XCTrack's task format share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from racecontrol.domain.task import Turnpoint, TurnpointKind

MOST_TURNPOINTS: Final = 100
"""Of one task; the longest in the reference set has 17."""

MOST_GATES: Final = 100

_TIME_OF_DAY: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?Z?")


def _time_of_day_ms(text: object) -> int:
    match = _TIME_OF_DAY.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise ValueError("no time of day in UTC such as 11:45:00Z")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000


TimeOfDay = Annotated[int, BeforeValidator(_time_of_day_ms)]
"""Milliseconds after 00:00:00 UTC; in the files "11:45:00Z"."""

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Altitude = Annotated[float, Field(ge=-1000, le=20_000)]
Radius = Annotated[float, Field(ge=0, le=1_000_000)]
"""Metres. Real tasks have take-offs of 0."""

Name = Annotated[str, Field(max_length=400)]


class Part(BaseModel):
    """A piece of a task. Unknown keys are left alone: programs add their own."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


def time_text(time_of_day_ms: int) -> str:
    """A time of day as the files write it; parts of a second are cut."""
    seconds = time_of_day_ms // 1000
    return f"{seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"


def course(turnpoints: Sequence[Turnpoint], *, is_goal_line: bool) -> tuple[Turnpoint, ...]:
    """The turnpoints with the last one as the goal, or as an ESS that is the goal as well."""
    *before, last = turnpoints
    kind = TurnpointKind.GOAL if last.kind is TurnpointKind.TURNPOINT else last.kind
    return (*before, replace(last, kind=kind, is_line=is_goal_line))
