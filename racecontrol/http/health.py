"""The two routes that are open: whether the process lives, and whether it takes points."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from racecontrol.domain.intake import BreakerState
from racecontrol.http.service import Service


class Health(BaseModel):
    """Alive."""

    status: str = "ok"


class Readiness(BaseModel):
    """Whether points are taken. server: "up", or "away" while the spool takes them instead."""

    ready: bool
    server: str


def health_routes(service: Service) -> APIRouter:
    """`/healthz` and `/readyz`."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Whether the process lives")
    async def healthz() -> Health:
        return Health()

    @router.get("/readyz", summary="Whether points are taken", responses={503: {"model": Readiness}})
    async def readyz(response: Response) -> Readiness:
        # A server without memory or disk answers reads: that alone makes nobody ready.
        is_ready = service.intake.has_room
        is_away = service.intake.status().breaker is not BreakerState.CLOSED
        is_up = (await service.feed.tick()).server.is_up and not is_away
        response.status_code = 200 if is_ready else 503
        return Readiness(ready=is_ready, server="up" if is_up else "away")

    return router
