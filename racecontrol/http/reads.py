"""What dashboards ask for: queues, races, stored flights and their tracks."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.fixes import DEGREE_E7, MISSING, OPTIONAL_COLUMNS, Fixes
from racecontrol.domain.race import Race
from racecontrol.domain.sender import SenderKind
from racecontrol.errors import RaceError, ServerUnavailable
from racecontrol.formats.export import write_track
from racecontrol.formats.racefolder import list_races, race_folders
from racecontrol.http.people import for_kinds, told
from racecontrol.http.service import Service
from racecontrol.state.model import RaceStatus
from racecontrol.store.base import FlightSummary
from racecontrol.telemetry.document import status_document

_READERS = (SenderKind.READ, SenderKind.OPERATOR)

_MEDIA_TYPES = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "igc": "application/vnd.fai.igc",
}


class RaceEntry(BaseModel):
    """A race. state: None while the queue server is away."""

    id: str
    name: str
    date: str
    gun: str
    pilots: int
    state: str | None
    pass_number: int | None


class FlightEntry(BaseModel):
    """A stored flight. first, last: UTC."""

    id: str
    race: str
    bib: str
    source: str
    points: int
    conflicts: int
    first: str
    last: str


def read_routes(service: Service) -> APIRouter:
    """Routes that change nothing."""
    router = APIRouter(prefix="/api/v2", tags=["read"], dependencies=[for_kinds(*_READERS)])
    site = service.site

    @router.get("/queues", summary="The queues, workers, mode and alerts", openapi_extra=told(*_READERS))
    async def queues() -> dict[str, Any]:
        return status_document(await service.feed.tick())

    @router.get("/races", summary="The races there are", openapi_extra=told(*_READERS))
    async def races() -> list[RaceEntry]:
        found, _ = await asyncio.to_thread(list_races, race_folders(site.settings))
        return [await _race_entry(service, race) for race in found]

    @router.get("/races/{race_id}", summary="One race", openapi_extra=told(*_READERS))
    async def race(race_id: str) -> RaceEntry:
        return await _race_entry(service, await asyncio.to_thread(site.race, race_id))

    @router.get("/flights", summary="The stored flights", openapi_extra=told(*_READERS))
    async def flights(race: Annotated[str | None, Query(max_length=40)] = None) -> list[FlightEntry]:
        return [_flight_entry(one) for one in await asyncio.to_thread(site.store.flights, race)]

    @router.get("/flights/{flight_id:path}/track", summary="A stored track", openapi_extra=told(*_READERS))
    async def track(flight_id: str, format: Literal["json", "geojson", "csv", "igc"] = "json") -> Response:
        fixes = await asyncio.to_thread(site.store.track, flight_id)
        if fixes is None:
            raise RaceError("no such flight is stored", advice="see /api/v2/flights")
        content = await asyncio.to_thread(_written, fixes, format)
        return Response(content, media_type=_MEDIA_TYPES[format])

    return router


async def _race_entry(service: Service, race: Race) -> RaceEntry:
    status: RaceStatus | None = None
    with suppress(ServerUnavailable):
        status = await service.site.races.status(race.race_id)
    return RaceEntry(
        id=race.race_id,
        name=race.name,
        date=race.day.isoformat(),
        gun=iso_utc(race.gun_ms),
        pilots=len(race.pilots),
        state=status.state.value if status else None,
        pass_number=status.pass_number if status else None,
    )


def _flight_entry(summary: FlightSummary) -> FlightEntry:
    flight = summary.flight
    return FlightEntry(
        id=flight.flight_id,
        race=flight.race_id,
        bib=flight.bib,
        source=flight.source,
        points=summary.points,
        conflicts=summary.conflicts,
        first=iso_utc(summary.first_ms),
        last=iso_utc(summary.last_ms),
    )


def _written(fixes: Fixes, file_format: str) -> bytes:
    if file_format == "json":
        return _columns(fixes)
    return write_track(fixes, pilot_name="", file_format=file_format)


def _columns(fixes: Fixes) -> bytes:
    """The track as columns, a value a fix; null where a fix lacks it."""
    document: dict[str, object] = {
        "flight_id": fixes.flight.flight_id,
        "points": len(fixes),
        "time_ms": fixes.time_ms.tolist(),
        "lat": (fixes.lat_e7 / DEGREE_E7).tolist(),
        "lon": (fixes.lon_e7 / DEGREE_E7).tolist(),
    }
    for name in OPTIONAL_COLUMNS:
        column = getattr(fixes, name)
        if column is not None:
            document[name] = [None if value == MISSING else value for value in column.tolist()]
    return msgspec.json.encode(document)
