"""Every point route there is."""

from __future__ import annotations

from typing import Final

from racecontrol.http.live import LIVE_ROUTES
from racecontrol.http.points import PointRoute

POINT_ROUTES: Final[tuple[PointRoute, ...]] = (*LIVE_ROUTES,)
