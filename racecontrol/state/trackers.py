"""Trackers that no roster lists: what was heard of them, and whom an operator gave them to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from racecontrol.domain.roll import Owner
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script, run_batch
from racecontrol.state.fields import fields, text

_SEE = Script.load("racecontrol.state.scripts", "see_tracker")
_ASSIGN = Script.load("racecontrol.state.scripts", "assign_tracker")

UNKNOWN_READ: Plain = ("HGETALL", keys.TRACKERS)
"""The command of a batch whose answer `unknown_of` reads: at most 1,000 trackers."""


@dataclass(frozen=True, slots=True)
class UnknownTracker:
    """A tracker that no pilot owns. Times: the server's, ms. points: stored so far, repeats among them."""

    serial: str
    first_ms: int
    last_ms: int
    points: int


class Trackers:
    """Counting and assigning. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def see(self, serial: str, points: int = 0) -> Owner | None:
        """List the tracker, and count points stored; the owner, and nothing more, where it was assigned."""
        names = (keys.TRACKERS, keys.TRACKERS_SEEN, keys.ASSIGNMENTS)
        with translated(self._client):
            answer = await _SEE(self._client.commands, names, (serial, points))
        return _owner(text(answer)) if answer else None

    async def assign(self, serial: str, owner: Owner, operator: str) -> bool:
        """Give the tracker to a pilot, with its log entry; False where it was so already."""
        args = (serial, owner.race_id, owner.bib, operator)
        with translated(self._client):
            return bool(await _ASSIGN(self._client.commands, (keys.ASSIGNMENTS, keys.LOG), args))

    async def forget(self, serial: str) -> None:
        """Take a tracker off the list of unknown ones, once its points have reached their pilot."""
        calls: list[Plain] = [("HDEL", keys.TRACKERS, serial), ("ZREM", keys.TRACKERS_SEEN, serial)]
        with translated(self._client):
            await run_batch(self._client.commands, calls)

    async def unknown(self) -> tuple[UnknownTracker, ...]:
        """The unknown trackers, the one heard of last first."""
        with translated(self._client):
            return unknown_of(await self._client.commands.hgetall(keys.TRACKERS))

    async def assignments(self) -> dict[str, Owner]:
        """Whom operators gave trackers to, by serial."""
        with translated(self._client):
            answer: Any = await self._client.commands.hgetall(keys.ASSIGNMENTS)
        return {serial: _owner(told) for serial, told in fields(answer).items()}


def unknown_of(answer: Any) -> tuple[UnknownTracker, ...]:
    """The trackers of the hash, the one heard of last first."""
    found = [UnknownTracker(serial, *map(int, told.split("|"))) for serial, told in fields(answer).items()]
    return tuple(sorted(found, key=lambda one: (-one.last_ms, one.serial)))


def _owner(told: str) -> Owner:
    race_id, _, bib = told.partition("/")
    return Owner(race_id, bib)
