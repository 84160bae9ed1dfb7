"""The page of `/docs`: an OpenAPI document as HTML that needs no script and no other host. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final, TypeAlias

from racecontrol.http.people import ALLOWED

Schema: TypeAlias = Mapping[str, Any]

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "h1{margin-bottom:0}h2{margin-top:2.5rem;border-bottom:1px solid #8886}"
    "h3{font-size:1rem;margin:1.8rem 0 0}p{margin:.3rem 0}a{color:#06c;text-decoration:none}"
    "code{overflow-wrap:anywhere;font-size:.93em}b{display:inline-block;min-width:3rem}"
    "nav{columns:2 22rem;margin:1rem 0}nav div{break-inside:avoid}"
    "table{border-collapse:collapse;margin:.5rem 0;width:100%}"
    "td{border-top:1px solid #8884;padding:.25rem .8rem .25rem 0;vertical-align:top;width:40%}"
    "td:first-child{width:20%}@media(max-width:40rem){td:first-child{width:30%}}"
    "@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}a{color:#6bf}}"
)

_GROUPS: Final = {
    "points": "Sending points",
    "verbs": "Operating",
    "read": "Reading",
    "health": "Health",
    "docs": "This document",
}
"""By tag, in the order of the page."""

_LIMITS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
}


def page_of(document: Schema, query: str = "") -> str:
    """The page. query: of its own address; its links to other routes repeat it, with a token in it."""
    return "".join(_page(document, f"?{query}" if query else ""))


def _page(document: Schema, query: str) -> Iterator[str]:
    info, routes = document["info"], _by_group(document)
    title = f"{escape(info['title'])} {escape(info['version'])}"
    yield f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style><h1>{title}</h1>'
    yield f"<p>{escape(info.get('summary', ''))}.</p><p>Every route but the two health checks wants a token: "
    yield "<code>Authorization: Bearer TOKEN</code>. Refusals are problem+json, and say what to do. "
    yield f'The same as data: <a href="openapi.json{escape(query)}">openapi.json</a>.</p><nav>'
    for group in routes.values():
        for path, method, _ in group:
            yield f'<div><a href="#{_anchor(path, method)}">{_named(path, method)}</a></div>'
    yield "</nav>"
    for tag, group in routes.items():
        yield f"<h2>{escape(_GROUPS.get(tag, tag))}</h2>"
        for route in group:
            yield from _operation(*route)
    yield "<h2>Schemas</h2>"
    for name, schema in sorted(document["components"]["schemas"].items()):
        yield f'<h3 id="{escape(name)}">{escape(name)}</h3><p>{escape(schema.get("description", ""))}</p>'
        yield from _fields(schema)
    yield "</html>"


def _by_group(document: Schema) -> dict[str, list[tuple[str, str, Schema]]]:
    """Path, method and operation of every route, by tag; tags that the page does not know come last."""
    groups: dict[str, list[tuple[str, str, Schema]]] = {tag: [] for tag in _GROUPS}
    for path, methods in sorted(document["paths"].items()):
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append((path, method, operation))
    return groups


def _operation(path: str, method: str, operation: Schema) -> Iterator[str]:
    kinds = operation.get(ALLOWED)
    who = f"tokens of kind {', '.join(kinds)}" if kinds else "every token"
    yield f'<h3 id="{_anchor(path, method)}">{_named(path, method)}</h3>'
    yield f"<p>{escape(operation.get('summary', ''))}. "
    yield f"For {escape(who if operation.get('security') != [] else 'everybody')}.</p>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body: {escape(kind)}, {_words(content.get('schema', {}))}</p>"
    if asked := operation.get("parameters"):
        rows = ((one["name"], _words(one["schema"]), one.get("description", one["in"])) for one in asked)
        yield _table(rows)
    yield f"<p>Answers: {escape(', '.join(sorted(operation['responses'])))}</p>"


def _fields(schema: Schema) -> Iterator[str]:
    required = schema.get("required", ())
    fields = schema.get("properties", {})
    yield _table(
        (name, _words(one), "; ".join(_notes(one, is_required=name in required)))
        for name, one in fields.items()
    )


def _notes(schema: Schema, *, is_required: bool) -> Iterator[str]:
    if is_required:
        yield "required"
    if schema.get("default") is not None:
        yield f"default {json.dumps(schema['default'])}"
    if "description" in schema:
        yield schema["description"]


def _words(schema: Schema) -> str:
    """What a value may be, as HTML; a schema with a name as a link to it."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(map(_words, schema["anyOf"]))
    if "enum" in schema:
        return escape(", ".join(map(str, schema["enum"])))
    kind = f"list of {_words(schema['items'])}" if "items" in schema else escape(schema.get("type", "any"))
    limits = (words.format(schema[key]) for key, words in _LIMITS.items() if key in schema)
    return ", ".join((kind, *limits))


def _table(rows: Iterator[tuple[str, str, str]]) -> str:
    """Rows of name, HTML and text."""
    cells = (
        f"<tr><td><code>{escape(name)}</code><td>{what}<td>{escape(notes)}" for name, what, notes in rows
    )
    return f"<table>{''.join(cells)}</table>"


def _named(path: str, method: str) -> str:
    return f"<code><b>{method.upper()}</b> {escape(path)}</code>"


def _anchor(path: str, method: str) -> str:
    return escape(f"{method}{path}")
