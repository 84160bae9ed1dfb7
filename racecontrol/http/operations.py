"""What Prometheus scrapes, and what the pipeline did: the report of `racecontrol report`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query, Response

from racecontrol.domain.sender import SenderKind
from racecontrol.http.people import for_kinds, told
from racecontrol.http.service import Service
from racecontrol.store.reports import ReportSpan
from racecontrol.telemetry.prometheus import CONTENT_TYPE, render

_READERS: Final = (SenderKind.READ, SenderKind.OPERATOR)
_WEEK_S: Final = 7 * 86_400
"""Rows are kept that long."""


def operation_routes(service: Service) -> APIRouter:
    """`/metrics` and `/api/v2/operations/report`."""
    router = APIRouter(tags=["read"], dependencies=[for_kinds(*_READERS)])

    @router.get("/metrics", summary="For Prometheus", openapi_extra=told(*_READERS))
    async def metrics() -> Response:
        text = render(await service.feed.tick(), service.intake.status())
        return Response(text, media_type=CONTENT_TYPE)

    @router.get("/api/v2/operations/report", summary="What the pipeline did", openapi_extra=told(*_READERS))
    async def report(
        since_s: Annotated[int, Query(ge=60, le=_WEEK_S)] = 3600,
        race: Annotated[str | None, Query(max_length=40)] = None,
    ) -> dict[str, Any]:
        now_ms = service.clock.now_ms()
        span = ReportSpan(now_ms - since_s * 1000, now_ms, race)
        found = await asyncio.to_thread(service.site.store.report, span)
        document: dict[str, Any] = msgspec.to_builtins(found)
        return document

    return router
