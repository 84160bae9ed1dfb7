"""Worker heartbeats, judged by the server's clock, so a worker an hour off is neither dead nor immortal."""

from __future__ import annotations

from typing import Any

import msgspec

from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Call, Script
from racecontrol.state.model import Worker, WorkerBeat

ALIVE_MS = 3_000
"""A worker that has not beaten for this long is away: at one beat a second, three were missed."""

_FORGOTTEN_MS = 60_000

_SCRIPTS = "racecontrol.state.scripts"
_BEAT = Script.load(_SCRIPTS, "beat_worker")
_ALIVE = Script.load(_SCRIPTS, "alive_workers")
_KEYS = (keys.WORKERS, keys.WORKER_TOTALS)


class Workers:
    """Beating, and seeing who beats. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def beat(self, beat: WorkerBeat) -> None:
        """Say that a worker is alive."""
        with translated(self._client):
            await _BEAT(
                self._client.commands, _KEYS, (beat.worker_id, msgspec.json.encode(beat), _FORGOTTEN_MS)
            )

    async def alive(self, within_ms: int = ALIVE_MS) -> list[Worker]:
        """The workers that beat within the last within_ms, by their last beat."""
        with translated(self._client):
            return workers_of(await _ALIVE(self._client.commands, _KEYS, (within_ms,)))

    async def leave(self, worker_id: str) -> None:
        """Take a worker that ends off the list at once."""
        with translated(self._client):
            await self._client.commands.zrem(keys.WORKERS, worker_id)
            await self._client.commands.hdel(keys.WORKER_TOTALS, worker_id)


def alive_read(within_ms: int = ALIVE_MS) -> Call:
    """The call of a batch whose answer `workers_of` reads."""
    return _ALIVE.call(_KEYS, (within_ms,))


def workers_of(answer: Any) -> list[Worker]:
    """Workers from the script's flat answer: id, time, heartbeat."""
    told = zip(answer[1::3], answer[2::3], strict=True)
    return [Worker(msgspec.json.decode(beat, type=WorkerBeat), int(beat_ms)) for beat_ms, beat in told]
