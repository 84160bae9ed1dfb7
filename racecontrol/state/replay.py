"""Replays as all screens see them: one player a race, how far it is, how fast it goes."""

from __future__ import annotations

from typing import Any

from racecontrol.errors import RaceStateError
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script
from racecontrol.state.fields import fields
from racecontrol.state.model import ReplayStatus

SILENCE_MS = 5_000
"""A player that has not beaten for this long is dead, and another may play the race."""

_MAX_SPEED = "max"
_SCRIPTS = "racecontrol.state.scripts"
_BEGIN = Script.load(_SCRIPTS, "begin_replay")
_BEAT = Script.load(_SCRIPTS, "beat_replay")
_END = Script.load(_SCRIPTS, "end_replay")


class Replays:
    """Playing a race, and ending that. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def begin(
        self, race_id: str, operator: str, token: str, position_ms: int, speed: float | None
    ) -> None:
        """Claim the race's replay. position_ms: race time to begin at. speed: None as fast as it goes.

        Raises: RaceStateError where somebody else plays it.
        """
        told = _MAX_SPEED if speed is None else f"{speed:g}"
        args = (race_id, operator, token, position_ms, told, SILENCE_MS)
        with translated(self._client):
            is_ours, answer = await _BEGIN(self._client.commands, (keys.replay(race_id), keys.LOG), args)
        if not is_ours:
            raise RaceStateError(
                f"{race_id} is being replayed by {fields(answer)['operator']}", advice="end that replay first"
            )

    async def beat(self, race_id: str, token: str, position_ms: int) -> bool:
        """Say how far the replay is; False where somebody ended it, or recalled the race."""
        with translated(self._client):
            return bool(await _BEAT(self._client.commands, (keys.replay(race_id),), (token, position_ms)))

    async def end(self, race_id: str, operator: str, token: str = "") -> bool:
        """End the replay; whether there was one. token: of the player's own, "" for whoever plays it."""
        names = (keys.replay(race_id), keys.LOG)
        with translated(self._client):
            return bool(await _END(self._client.commands, names, (race_id, operator, token)))

    async def status(self, race_id: str) -> ReplayStatus | None:
        """How far the race's replay is; None where there was none in this pass."""
        with translated(self._client):
            return replay_of(race_id, await self._client.commands.hgetall(keys.replay(race_id)))


def replay_read(race_id: str) -> Plain:
    """The command of a batch whose answer `replay_of` reads."""
    return ("HGETALL", keys.replay(race_id))


def replay_of(race_id: str, answer: Any) -> ReplayStatus | None:
    """A replay's status from its hash."""
    held = fields(answer)
    if not held:
        return None
    speed = None if held["speed"] == _MAX_SPEED else float(held["speed"])
    position_ms, beat_ms = int(held["position_ms"]), int(held["beat_ms"])
    return ReplayStatus(race_id, position_ms, speed, held["operator"], beat_ms, "token" in held)
