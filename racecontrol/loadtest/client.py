"""Sending bodies to a service and noting what came of each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
import msgspec

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.text import clean_text
from racecontrol.loadtest.plan import Shipment

ACCEPTED: Final = 202
_TIMEOUT_S: Final = 30.0
_REASON_CELLS: Final = 120


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one shipment. fault: "" where it was accepted, else its kind in words."""

    shipment: Shipment
    latency_s: float
    fault: str = ""

    @property
    def is_accepted(self) -> bool:
        return not self.fault


@dataclass(frozen=True, slots=True)
class LoadClient:
    """Posts to one service under one token."""

    session: aiohttp.ClientSession
    token: str
    clock: Clock = SYSTEM_CLOCK

    async def post(self, shipment: Shipment) -> Outcome:
        """Send JSON, and wait for its answer. Nothing is raised: what goes wrong is the outcome."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        return await self._post(shipment, headers)

    async def post_device_text(self, shipment: Shipment) -> Outcome:
        """`post` a device's own text, which is signed in itself and answered OK."""
        return await self._post(shipment, {"Content-Type": "text/plain"})

    async def _post(self, shipment: Shipment, headers: Mapping[str, str]) -> Outcome:
        began_s = self.clock.monotonic_s()
        fault = ""
        try:
            async with self.session.post(shipment.path, data=shipment.body, headers=headers) as answer:
                told = await answer.read()
                if answer.status != ACCEPTED:
                    fault = f"{answer.status} {_detail(told)}".strip()
        except TimeoutError:
            fault = f"no answer within {_TIMEOUT_S:g} s"
        except aiohttp.ClientError as exc:
            fault = f"connection: {type(exc).__name__}"
        return Outcome(shipment, self.clock.monotonic_s() - began_s, fault)

    async def post_at(self, began_s: float, shipment: Shipment) -> Outcome:
        """`post`, when it is due. began_s: monotonic, of the whole."""
        await asyncio.sleep(max(0.0, began_s + shipment.due_s - self.clock.monotonic_s()))
        return await self.post(shipment)


@asynccontextmanager
async def open_load_client(url: str, token: str, connections: int) -> AsyncIterator[LoadClient]:
    """A client that holds at most so many connections."""
    timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(
        url, connector=connector, timeout=timeout, auto_decompress=False
    ) as session:
        yield LoadClient(session, token)


def _detail(told: bytes) -> str:
    """The title of a problem document, short and clean; nothing of another answer."""
    try:
        problem = msgspec.json.decode(told)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    words = problem.get("title") or problem.get("detail") if isinstance(problem, dict) else ""
    return clean_text(str(words or ""), _REASON_CELLS)
