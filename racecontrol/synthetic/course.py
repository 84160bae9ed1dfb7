"""The task of the invented races: 68 km around the Grésivaudan, with a start that is entered."""

from __future__ import annotations

from typing import Final

from racecontrol.domain.task import Task, Turnpoint, TurnpointKind

TAKEOFF: Final = Turnpoint("St Hilaire", 45.3066, 5.8886, 400, 970, TurnpointKind.TAKEOFF)
COURSE: Final = (
    TAKEOFF,
    Turnpoint("Le Touvet", 45.3580, 5.9510, 6000, 310, TurnpointKind.SSS),
    Turnpoint("Mont Granier", 45.4640, 5.9300, 2000, 1933),
    Turnpoint("Brame Farine", 45.3960, 6.0480, 1000, 1150),
    Turnpoint("Dent de Crolles", 45.3080, 5.8550, 1500, 1900),
    Turnpoint("Prapoutel", 45.2580, 5.9960, 1000, 1560),
    Turnpoint("Lumbin", 45.3010, 5.9080, 1500, 240, TurnpointKind.ESS),
    Turnpoint("Lumbin", 45.3010, 5.9080, 200, 240, TurnpointKind.GOAL, is_line=True),
)

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS


def task_at(gun_ms: int) -> Task:
    """The course with its gate at the gun: takeoff open from 2 h before to 1 h after, goal for 5 h after."""
    gate_ms = gun_ms % _DAY_MS
    return Task(
        "",
        COURSE,
        gates_ms=(gate_ms,),
        open_ms=(gate_ms - 2 * _HOUR_MS) % _DAY_MS,
        close_ms=(gate_ms + _HOUR_MS) % _DAY_MS,
        deadline_ms=(gate_ms + 5 * _HOUR_MS) % _DAY_MS,
    )
