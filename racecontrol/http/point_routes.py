"""Every point route there is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from racecontrol.http.flymaster import FLYMASTER_ROUTE, flymaster_handler
from racecontrol.http.live import LIVE_ROUTES
from racecontrol.http.points import PointHandler, PointRoute, handler_of
from racecontrol.http.scoring import SCORING_ROUTE
from racecontrol.http.service import Service
from racecontrol.http.uploads import UPLOAD_ROUTES

POINT_ROUTES: Final[tuple[PointRoute, ...]] = (*LIVE_ROUTES, FLYMASTER_ROUTE, *UPLOAD_ROUTES, SCORING_ROUTE)


def point_handlers(service: Service) -> Mapping[str, PointHandler]:
    """The handlers in front, by path."""
    handlers = {route.path: handler_of(service, route) for route in POINT_ROUTES}
    return handlers | {FLYMASTER_ROUTE.path: flymaster_handler(service)}
