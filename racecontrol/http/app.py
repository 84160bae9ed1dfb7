"""The whole HTTP app of one process: the front, the point routes, and the app for people behind it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI

from racecontrol.http.access_log import AccessLog
from racecontrol.http.docs import docs_routes
from racecontrol.http.front import Front
from racecontrol.http.health import health_routes
from racecontrol.http.line_file import LineFile
from racecontrol.http.openapi import document_of
from racecontrol.http.operations import operation_routes
from racecontrol.http.people import new_app
from racecontrol.http.point_routes import POINT_ROUTES, point_handlers
from racecontrol.http.reads import read_routes
from racecontrol.http.service import Service
from racecontrol.http.short_way import ShortWay
from racecontrol.http.verbs import verb_routes


def build_app(service: Service, access_lines: LineFile | None = None) -> Front:
    """The ASGI app that answers for a service. access_lines: where the access log goes; None for none."""
    access_log = AccessLog(access_lines, service.clock)
    short_way = ShortWay(service, {route.path: route for route in POINT_ROUTES}, access_log)
    handlers, people = point_handlers(service), people_app(service)
    return Front(service.guard, handlers, people, access_log, service.clock, short_way)


def people_app(service: Service) -> FastAPI:
    """The FastAPI app alone; it trusts the front for the sender."""
    app = new_app()

    @cache
    def document() -> Mapping[str, Any]:
        return document_of(app, POINT_ROUTES)

    for routes in (health_routes, read_routes, operation_routes, verb_routes):
        app.include_router(routes(service))
    app.include_router(docs_routes(document))
    return app
