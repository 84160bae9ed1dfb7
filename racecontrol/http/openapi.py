"""The OpenAPI document: FastAPI's of the routes for people, with the point routes' schemas from msgspec."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from fastapi import FastAPI

from racecontrol.http.front import OPEN_PATHS
from racecontrol.http.people import ALLOWED
from racecontrol.http.points import PointRoute

_REF: Final = "#/components/schemas/{name}"
_UNUSED: Final = ("HTTPValidationError", "ValidationError")
"""Of FastAPI's own refusals, whose place problem+json takes."""

_PROBLEM: Final = {
    "description": "Refused: what, where, and what to do",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "advice": {"type": "string"},
                },
            }
        }
    },
}


def document_of(app: FastAPI, points: Iterable[PointRoute]) -> Mapping[str, Any]:
    """The whole document, made once."""
    routes = list(points)
    document: dict[str, Any] = app.openapi()
    paths: dict[str, Any] = document["paths"]
    schemas: dict[str, Any] = document.setdefault("components", {}).setdefault("schemas", {})
    bodies = [route.body for route in routes]
    found, components = msgspec.json.schema_components(bodies, ref_template=_REF)
    schemas.update(components)
    for route, schema in zip(routes, found, strict=True):
        paths[route.path] = {"post": _operation(route, schema)}
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    for name in _UNUSED:
        schemas.pop(name, None)
    for path, methods in paths.items():
        for operation in methods.values():
            _add_refusals(operation, is_open=path in OPEN_PATHS)
    return document


def _operation(route: PointRoute, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "tags": ["points"],
        "summary": route.summary,
        ALLOWED: sorted(route.kinds),
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "maxLength": 128},
                "description": "The same key of one sender is one item; else the digest of its body is",
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"202": {"description": "Acknowledged by the queue server, or synced in the spool"}},
    }


def _add_refusals(operation: dict[str, Any], *, is_open: bool) -> None:
    """Every route can refuse in these ways."""
    responses = operation.setdefault("responses", {})
    if "422" in responses:
        # FastAPI describes an answer that it would give, and ours does not.
        responses["422"] = _PROBLEM
    for status in () if is_open else ("401", "403", "429"):
        responses.setdefault(status, _PROBLEM)
    responses.setdefault("4XX", _PROBLEM)
    responses.setdefault("503", _PROBLEM)
    if is_open:
        operation["security"] = []
