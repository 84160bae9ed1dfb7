"""Running a service inside a test, tokens of every kind for it, and asking it things."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp
import jwt

from racecontrol.control.site import Site, open_site
from racecontrol.control.tokens import ALGORITHM, DAY_MS, ISSUER, Signer, token_key
from racecontrol.domain.sender import SenderKind
from racecontrol.http.app import build_app
from racecontrol.http.line_file import LineFile
from racecontrol.http.service import Service, open_service
from racecontrol.http.serving import HttpServer, http_server, listen
from racecontrol.http.short_protocol import IntakeProtocol
from racecontrol.settings import load_settings

LIVE: Final = "/api/v2/live/add_live_track_points"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. document: its JSON."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def document(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service."""

    site: Site
    service: Service
    port: int
    http: aiohttp.ClientSession
    server: HttpServer
    access_lines: LineFile
    access_log: Path

    @property
    def signer(self) -> Signer:
        """Signs as the site does."""
        return Signer(token_key(self.site.settings))

    def token(self, kind: SenderKind, race_id: str = "", bib: str = "", valid_ms: int = DAY_MS) -> str:
        """A good token that no list knows."""
        return self.signer.issue(kind, valid_ms, race_id=race_id, bib=bib, name="")[0]

    def logged(self) -> list[str]:
        """The lines of the access log so far."""
        self.access_lines.flush()
        return self.access_log.read_text().splitlines()

    def pilot_token(self, bib: str = "118", race_id: str = "R42") -> str:
        return self.token(SenderKind.PILOT, race_id, bib)

    async def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | object | None = None,
    ) -> Reply:
        """One request. body: bytes as they are, anything else as JSON."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.http.request(method, url, headers=sent, data=body) as response:
            return Reply(response.status, response.headers.copy(), await response.text())

    async def post(self, path: str, body: bytes | object, token: str | None, **headers: str) -> Reply:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.ask("POST", path, token, headers=named, body=body)


@asynccontextmanager
async def served(
    redis_url: str, data_dir: Path, *, head_s: float = 10.0, **changes: object
) -> AsyncIterator[Served]:
    """A service while the block runs; its end is the drain of `serve`. changes: of the site's settings."""
    settings = load_settings({"data_dir": data_dir, "redis_url": redis_url, "operator": "MJ", **changes})
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    opened = open_site(settings, warn=lambda _: None, is_server_needed=False)
    async with opened as site, open_service(site) as service:
        access_log = data_dir / "logs" / "access.log"
        access_lines = LineFile(access_log)
        server = http_server(build_app(service, access_lines))
        server.config.http = type("Timed", (IntakeProtocol,), {"head_s": head_s})
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with aiohttp.ClientSession() as http:
                yield Served(site, service, port, http, server, access_lines, access_log)
        finally:
            server.stop()
            await running
            access_lines.close()


def live_body(flight_id: str = "R42/118", points: int = 1, **changes: object) -> dict[str, object]:
    """A live body whose points are a second apart."""
    track = [
        {
            "lat": 45.9 + number / 1e5,
            "lon": 6.2,
            "datetime": f"2026-05-26T11:{number // 60:02}:{number % 60:02}Z",
        }
        for number in range(points)
    ]
    return {"flight_id": flight_id, "track_points": track, **changes}


def unsigned_token(**claims: object) -> str:
    """A token that says `alg: none`."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


def forged_token(**claims: object) -> str:
    """A token signed with another key."""
    return jwt.encode({"iss": ISSUER, **claims}, "f" * 64, algorithm=ALGORITHM)
