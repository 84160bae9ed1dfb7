"""The operator's verbs over HTTP: the same as the CLI's, under the name in the operator's token."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from racecontrol.control.mode import switch_competition
from racecontrol.control.verbs import RaceVerbs
from racecontrol.domain.sender import Sender, SenderKind
from racecontrol.http.people import for_kinds, told
from racecontrol.http.service import Service
from racecontrol.pipeline.report import document

_OPERATOR = for_kinds(SenderKind.OPERATOR)
_TOLD = told(SenderKind.OPERATOR)


class Seen(BaseModel):
    """What the operator's screen showed. A verb on a race that has moved on since is refused."""

    model_config = ConfigDict(extra="forbid")

    seen_pass: int | None = Field(None, ge=1, le=1_000_000)


class ModeSwitch(BaseModel):
    """Competition mode, on or off, for every process of the site."""

    model_config = ConfigDict(extra="forbid")

    competition: bool


class ModeNow(BaseModel):
    """Competition mode, who set it last and when."""

    competition: bool
    operator: str
    since_ms: int | None


def verb_routes(service: Service) -> APIRouter:
    """Routes that change a race or the site. They answer 503 while the queue server is away."""
    router = APIRouter(prefix="/api/v2", tags=["verbs"])

    @router.post("/races/{race_id}/start", summary="Start a race", openapi_extra=_TOLD)
    async def start(race_id: str, seen: Seen | None = None, sender: Sender = _OPERATOR) -> dict[str, Any]:
        verbs = await _verbs(service, race_id, sender)
        return document(await verbs.start(seen_pass=seen.seen_pass if seen else None))

    @router.post("/races/{race_id}/recall", summary="Recall a start", openapi_extra=_TOLD)
    async def recall(race_id: str, seen: Seen | None = None, sender: Sender = _OPERATOR) -> dict[str, Any]:
        verbs = await _verbs(service, race_id, sender)
        return document(await verbs.recall(seen_pass=seen.seen_pass if seen else None))

    @router.put("/races/{race_id}/mode", summary="Switch competition mode", openapi_extra=_TOLD)
    async def race_mode(race_id: str, switch: ModeSwitch, sender: Sender = _OPERATOR) -> ModeNow:
        verbs = await _verbs(service, race_id, sender)
        mode = await verbs.set_competition(switch.competition)
        return ModeNow(competition=mode.is_competition, operator=mode.operator, since_ms=mode.since_ms)

    @router.put("/mode", summary="Switch competition mode", openapi_extra=_TOLD)
    async def mode(switch: ModeSwitch, sender: Sender = _OPERATOR) -> ModeNow:
        now = await switch_competition(service.site, switch.competition, sender.name or None)
        return ModeNow(competition=now.is_competition, operator=now.operator, since_ms=now.since_ms)

    return router


async def _verbs(service: Service, race_id: str, sender: Sender) -> RaceVerbs:
    """The race's verbs for whoever's token it is. Raises: RaceError; FormatError."""
    site = service.site
    if sender.name:
        site = replace(site, settings=site.settings.model_copy(update={"operator": sender.name}))
    return RaceVerbs(site, await asyncio.to_thread(site.race, race_id))
