"""The page of /docs: in a browser where there is one, and what it says."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

import pytest

from racecontrol.domain.sender import SenderKind
from racecontrol.http.docs_page import page_of
from tests.server.http.serving import Served

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


async def rendered(url: str, folder: Path) -> tuple[str, list[str]]:
    """The document that a browser makes of a page, and the addresses that the page made it ask."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium is on PATH")
    log = folder / "net.json"
    process = await asyncio.create_subprocess_exec(
        *(browser, *QUIET, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}"),
        *("--dump-dom", url),
        stdout=PIPE,
        stderr=DEVNULL,
    )
    document, _ = await process.communicate()
    events = json.loads(log.read_text())["events"]
    return document.decode(), [asked for event in events if (asked := _asked_by_a_page(event))]


def _asked_by_a_page(event: dict[str, Any]) -> str:
    """The address of a request that has a page's origin; what a browser asks of its own accord has none."""
    params = event.get("params", {})
    return str(params.get("url", "")) if str(params.get("initiator", "")).startswith("http") else ""


async def test_a_browser_shows_every_route_and_schema(service: Served, tmp_path: Path) -> None:
    """With a token in the address, as people open it; no other host is asked."""
    token = service.token(SenderKind.READ)
    document = (await service.ask("GET", "/openapi.json", token)).document

    page, asked = await rendered(f"http://127.0.0.1:{service.port}/docs?token={token}", tmp_path)

    missing = [path for path in document["paths"] if path not in page]
    missing += [name for name in document["components"]["schemas"] if f'id="{name}"' not in page]
    assert (missing, asked) == ([], [])


async def test_links_of_the_page_lead_somewhere(service: Served) -> None:
    """Into the page itself, or to the document, with the token that opened the page."""
    token = service.token(SenderKind.READ)
    page = (await service.ask("GET", f"/docs?token={token}")).text
    targets = set(re.findall(r'href="([^"]*)"', page))
    anchors = {f"#{name}" for name in re.findall(r' id="([^"]*)"', page)}

    assert targets - anchors == {f"openapi.json?token={token}"}
    assert not re.search(r"\b(src|srcset|action)=|url\(|<script", page)


async def test_refusals_are_described_as_they_are(service: Served) -> None:
    """As problem+json, also where FastAPI would answer in its own way."""
    document = (await service.ask("GET", "/openapi.json", service.token(SenderKind.READ))).document
    refusals = [
        answer["content"]
        for methods in document["paths"].values()
        for operation in methods.values()
        for status, answer in operation["responses"].items()
        if status.startswith("4")
    ]

    assert {kind for content in refusals for kind in content} == {"application/problem+json"}
    assert not [name for name in document["components"]["schemas"] if "ValidationError" in name]


def test_a_schema_is_told_in_words() -> None:
    """Kinds, limits and defaults; a name in it is a link, and nothing of it is markup."""
    fields = {
        "points": {"type": "array", "items": {"$ref": "#/components/schemas/Point"}, "maxItems": 5},
        "note": {"anyOf": [{"type": "string", "maxLength": 9}, {"type": "null"}], "default": "<b>"},
    }
    schema = {"properties": fields, "required": ["points"]}
    info = {"title": "t", "version": "1"}

    page = page_of({"info": info, "paths": {}, "components": {"schemas": {"Body": schema}}})

    assert 'list of <a href="#Point">Point</a>, at most 5<td>required' in page
    assert "string, at most 9 characters or null<td>default &quot;&lt;b&gt;&quot;" in page
