"""Pilots who call for help: raised at once and beside the queue, until an operator acknowledges it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script
from racecontrol.state.fields import fields

_RAISE = Script.load("racecontrol.state.scripts", "raise_sos")
_ACKNOWLEDGE = Script.load("racecontrol.state.scripts", "acknowledge_sos")

SOS_READ: Plain = ("HGETALL", keys.SOS)
"""The command of a batch whose answer `calls_of` reads."""


@dataclass(frozen=True, slots=True)
class SosCall:
    """A pilot's call for help. raised_ms: server time of the latest. where: the last position in words.

    acknowledged_by: "" while it waits for an operator. fix_ms: UTC, of that position; 0 where unknown.
    """

    race_id: str
    bib: str
    raised_ms: int
    where: str = ""
    acknowledged_by: str = ""
    fix_ms: int = 0


class SosCalls:
    """Raising and acknowledging. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def call_for_help(
        self, race_id: str, bib: str, where: str = "", fix_ms: int = 0, *, is_late: bool = False
    ) -> bool:
        """Raise a pilot's SOS, with its log entry; whether that raised it: at most one a minute does.

        where, fix_ms: the last position in words, and its time. is_late: it comes from a spool, so it is
        raised only where it is newer than the one that is held, acknowledged or not; a call of this moment
        always, since a tracker's clock may be wrong. The caller has checked that the race has such a pilot.
        """
        names, args = (keys.SOS, keys.LOG), (race_id, bib, where, fix_ms, int(is_late))
        with translated(self._client):
            return bool(await _RAISE(self._client.commands, names, args))

    async def acknowledge(self, race_id: str, bib: str, operator: str) -> bool:
        """Take the alert down, with its log entry; False where none waits. The next SOS raises it again."""
        names, args = (keys.SOS, keys.LOG), (race_id, bib, operator)
        with translated(self._client):
            return bool(await _ACKNOWLEDGE(self._client.commands, names, args))

    async def calls(self) -> tuple[SosCall, ...]:
        """All calls that were raised, the latest of each pilot."""
        with translated(self._client):
            return calls_of(await self._client.commands.hgetall(keys.SOS))


def calls_of(answer: Any) -> tuple[SosCall, ...]:
    """The calls of the hash, the oldest first."""
    found = []
    for name, told in fields(answer).items():
        race_id, _, bib = name.partition("/")
        moments, by, where = told.split("|", 2)
        raised_ms, _, fix_ms = moments.partition("@")
        found.append(SosCall(race_id, bib, int(raised_ms), where, by, int(fix_ms or 0)))
    return tuple(sorted(found, key=lambda call: (call.raised_ms, call.race_id, call.bib)))
