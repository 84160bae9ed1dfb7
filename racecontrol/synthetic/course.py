"""The task of the invented races, and its .xctsk document."""

from __future__ import annotations

import json
from typing import Final

from racecontrol.domain.clock import utc
from racecontrol.domain.task import Turnpoint, TurnpointKind

TAKEOFF: Final = Turnpoint("D01", 45.3066, 5.8886, 400, 970, TurnpointKind.TAKEOFF)
START: Final = Turnpoint("B06", 45.3580, 5.9510, 6000, 310, TurnpointKind.SSS)
FINISH: Final = Turnpoint("A01", 45.3010, 5.9080, 1500, 240, TurnpointKind.ESS)
GOAL: Final = Turnpoint("A01", 45.3010, 5.9080, 200, 240, TurnpointKind.GOAL, is_line=True)
COURSE: Final = (
    TAKEOFF,
    START,
    Turnpoint("B12", 45.4640, 5.9300, 2000, 1933),
    Turnpoint("B27", 45.3960, 6.0480, 1000, 1150),
    Turnpoint("B03", 45.3080, 5.8550, 1500, 1900),
    Turnpoint("B31", 45.2580, 5.9960, 1000, 1560),
    FINISH,
    GOAL,
)
"""68 km: St Hilaire, an enter start of 6 km, Granier, Brame Farine, Dent de Crolles, Prapoutel, Lumbin."""

DESCRIPTIONS: Final = {
    "D01": "St Hilaire du Touvet",
    "B06": "Le Touvet",
    "B12": "Mont Granier",
    "B27": "Brame Farine",
    "B03": "Dent de Crolles",
    "B31": "Prapoutel",
    "A01": "Lumbin",
}

_TYPES: Final = {
    TurnpointKind.TAKEOFF: "TAKEOFF",
    TurnpointKind.SSS: "SSS",
    TurnpointKind.ESS: "ESS",
}
_HOUR_MS: Final = 3_600_000


def xctsk(gun_ms: int) -> str:
    """The task as an .xctsk document of version 1, takeoff open 2 h before the gun, goal for 5 h after."""
    document = {
        "taskType": "CLASSIC",
        "version": 1,
        "earthModel": "WGS84",
        "turnpoints": [_turnpoint(turnpoint) for turnpoint in COURSE],
        "takeoff": {"timeOpen": _clock(gun_ms - 2 * _HOUR_MS), "timeClose": _clock(gun_ms + _HOUR_MS)},
        "sss": {"type": "RACE", "direction": "ENTER", "timeGates": [_clock(gun_ms)]},
        "goal": {"type": "LINE", "deadline": _clock(gun_ms + 5 * _HOUR_MS)},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _turnpoint(turnpoint: Turnpoint) -> dict[str, object]:
    kind = _TYPES.get(turnpoint.kind)
    waypoint = {
        "name": turnpoint.name,
        "description": DESCRIPTIONS[turnpoint.name],
        "lat": turnpoint.lat_deg,
        "lon": turnpoint.lon_deg,
        "altSmoothed": turnpoint.alt_m,
    }
    return {"radius": int(turnpoint.radius_m), **({"type": kind} if kind else {}), "waypoint": waypoint}


def _clock(time_ms: int) -> str:
    return f"{utc(time_ms):%H:%M:%SZ}"
