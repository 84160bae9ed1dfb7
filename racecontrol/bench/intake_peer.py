"""The intake replaced, as it was: FastAPI, pydantic models, JSON text, one ZADD an item. Run as a module.

Left out of it is what it did badly (see `bench.replaced`); it has no access log and asks for no token.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

from racecontrol.bench.replaced import enqueue_singly
from racecontrol.server.client import ServerClient, open_client

REDIS_URL = "RACECONTROL_PEER_REDIS_URL"
KEY = "RACECONTROL_PEER_KEY"
"""The environment that tells the peer where to put its items."""

_LIVE_PRIORITY = 100.0


class TrackPoint(BaseModel):
    """One point as a tracker sends it."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    datetime: datetime
    elevation: float | None = None
    barometric_altitude: float | None = None


class LiveBody(BaseModel):
    """A live body."""

    flight_id: str = Field(max_length=100)
    device_id: str | None = None
    track_points: list[TrackPoint]


class UploadBody(LiveBody):
    """An upload."""

    pilot_id: str | None = None
    race_id: str | None = None


def peer_app(client: ServerClient, key: str) -> FastAPI:
    """The two routes that are measured."""
    app = FastAPI()

    @app.post("/api/v2/live/add_live_track_points", status_code=202)
    async def live(body: LiveBody) -> dict[str, object]:
        return await queued(body, _LIVE_PRIORITY)

    @app.post("/api/v2/uploads/process", status_code=202)
    async def upload(body: UploadBody) -> dict[str, object]:
        return await queued(body, 0.0)

    async def queued(body: LiveBody, priority: float) -> dict[str, object]:
        points = [point.model_dump(mode="json") for point in body.track_points]
        await enqueue_singly(client, key, [({"flight_id": body.flight_id, "points": points}, priority)])
        return {"flight_id": body.flight_id, "points": len(points)}

    return app


@asynccontextmanager
async def _serving_peer() -> AsyncIterator[uvicorn.Server]:
    async with open_client(os.environ[REDIS_URL]) as client:
        app = peer_app(client, os.environ[KEY])
        yield uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))


async def _main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with _serving_peer() as server:
            sys.stderr.write(f"serving at http://127.0.0.1:{listener.getsockname()[1]}\n")
            sys.stderr.flush()
            await server.serve(sockets=[listener])


if __name__ == "__main__":
    import uvloop

    uvloop.run(_main())
