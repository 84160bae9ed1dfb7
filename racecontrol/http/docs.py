"""`/docs` and `/openapi.json`: what there is, as a plain page that needs no other host and no script."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Response

from racecontrol.http.people import ALLOWED

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#f3f3f3;padding:.7rem;overflow:auto;font-size:13px}code{font-weight:600}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}pre{background:#222}}"
)
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def docs_routes(document: Callable[[], Mapping[str, Any]]) -> APIRouter:
    """Both routes, open to every token."""
    router = APIRouter(tags=["docs"])

    @router.get("/openapi.json", summary="The OpenAPI document")
    async def openapi() -> Mapping[str, Any]:
        return document()

    @router.get("/docs", summary="This page")
    async def docs() -> Response:
        page = "".join(_page(document()))
        return Response(page, media_type="text/html", headers={"content-security-policy": _POLICY})

    return router


def _page(document: Mapping[str, Any]) -> Iterator[str]:
    info = document["info"]
    title = f"{escape(info['title'])} {escape(info['version'])}"
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    yield f"<style>{_STYLE}</style><h1>{title}</h1><p>{escape(info.get('summary', ''))}.</p>"
    yield "<p>Every route but the two health checks wants a token: <code>Authorization: Bearer TOKEN</code>. "
    yield 'Refusals are problem+json. The same as data: <a href="openapi.json">openapi.json</a>.</p>'
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            yield from _operation(path, method, operation)
    yield "<h2>Schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3>{_pre(schema)}'
    yield "</html>"


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{escape(operation.get('summary', ''))}. "
    kinds = operation.get(ALLOWED)
    who = f"tokens of kind {', '.join(kinds)}" if kinds else "every token"
    yield f"For {escape(who if operation.get('security') != [] else 'everybody')}.</p>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: {escape(kind)}</p>{_pre(content.get('schema', {}))}"


def _pre(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=1, ensure_ascii=False))}</pre>"
