"""Heartbeats of the processes that take points in: breaker, spool, batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from racecontrol.domain.intake import IntakeStatus
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Call, Script

ALIVE_MS = 3_000
"""An intake that has not beaten for this long is away: at one beat a second, three were missed."""

_FORGOTTEN_MS = 60_000

# What beats are told apart by is their keys; the scripts are those of the workers' heartbeats.
_SCRIPTS = "racecontrol.state.scripts"
_BEAT = Script.load(_SCRIPTS, "beat_worker")
_ALIVE = Script.load(_SCRIPTS, "alive_workers")
_KEYS = (keys.INTAKES, keys.INTAKE_TOTALS)


@dataclass(frozen=True, slots=True)
class IntakeBeat:
    """What an intake's heartbeat tells. intake_id: of the process."""

    intake_id: str
    status: IntakeStatus


class Intakes:
    """Beating, and seeing who beats. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def beat(self, beat: IntakeBeat) -> None:
        """Say that an intake is alive, and what it is at. A write: whether the server takes any."""
        with translated(self._client):
            args = beat.intake_id, msgspec.json.encode(beat), _FORGOTTEN_MS
            await _BEAT(self._client.commands, _KEYS, args)

    async def alive(self) -> list[IntakeBeat]:
        """The intakes that beat lately, by their last beat."""
        with translated(self._client):
            return intakes_of(await _ALIVE(self._client.commands, _KEYS, (ALIVE_MS,)))

    async def leave(self, intake_id: str) -> None:
        """Take an intake that ends off the list at once."""
        with translated(self._client):
            await self._client.commands.zrem(keys.INTAKES, intake_id)
            await self._client.commands.hdel(keys.INTAKE_TOTALS, intake_id)


def intakes_read() -> Call:
    """The call of a batch whose answer `intakes_of` reads."""
    return _ALIVE.call(_KEYS, (ALIVE_MS,))


def intakes_of(answer: Any) -> list[IntakeBeat]:
    """Heartbeats from the script's flat answer: id, time, heartbeat."""
    return [msgspec.json.decode(beat, type=IntakeBeat) for beat in answer[2::3]]
