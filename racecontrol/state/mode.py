"""Competition mode: one switch for all processes of a site."""

from __future__ import annotations

from typing import Any

from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script
from racecontrol.state.fields import fields, number
from racecontrol.state.model import Mode

_SET = Script.load("racecontrol.state.scripts", "set_mode")

MODE_READ: Plain = ("HGETALL", keys.MODE)
"""The command of a batch whose answer `mode_of` reads."""


class Modes:
    """Setting and asking for the mode. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def set_mode(self, is_competition: bool, operator: str) -> bool:
        """Turn competition mode on or off; whether that changed it. What changes nothing is not logged."""
        names, args = (keys.MODE, keys.LOG), (int(is_competition), operator)
        with translated(self._client):
            is_changed = await _SET(self._client.commands, names, args)
        return bool(is_changed)

    async def mode(self) -> Mode:
        """The mode now."""
        with translated(self._client):
            return mode_of(await self._client.commands.hgetall(keys.MODE))


def mode_of(answer: Any) -> Mode:
    """The mode from its hash."""
    held = fields(answer)
    return Mode(held.get("on") == "1", held.get("operator", ""), number(held.get("since_ms")))
