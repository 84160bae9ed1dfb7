"""`/docs` and `/openapi.json`: what there is, for people and as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from racecontrol.http.docs_page import page_of

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def docs_routes(document: Callable[[], Mapping[str, Any]]) -> APIRouter:
    """Both routes, open to every token."""
    router = APIRouter(tags=["docs"])

    @router.get("/openapi.json", summary="The OpenAPI document")
    async def openapi() -> Mapping[str, Any]:
        return document()

    @router.get("/docs", summary="This page")
    async def docs(request: Request) -> Response:
        page = page_of(document(), request.url.query)
        return Response(page, media_type="text/html", headers={"content-security-policy": _POLICY})

    return router
