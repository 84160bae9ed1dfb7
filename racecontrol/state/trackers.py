"""Trackers that no roster lists: what was heard of them, and whom an operator gave them to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from racecontrol.domain.roll import Owner
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script, run_batch
from racecontrol.state.fields import fields, text

_SEE = Script.load("racecontrol.state.scripts", "see_tracker")
_ASSIGN = Script.load("racecontrol.state.scripts", "assign_tracker")

Owners: TypeAlias = tuple[Owner, ...]

UNKNOWN_READ: Plain = ("HGETALL", keys.TRACKERS)
"""The command of a batch whose answer `unknown_of` reads: at most 1,000 trackers."""

ASSIGNMENTS_READ: Final = Script.load("racecontrol.state.scripts", "read_assignments").call(
    (keys.ASSIGNMENTS,)
)
"""The call of an exchange whose answer `assignments_of` reads."""


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

    async def see(self, serial: str, points: int = 0, known: Owners = ()) -> Owners:
        """List the tracker, and count points stored that are nobody's.

        known: to whom it was given, as far as the caller has taken account of it. Where that is not all,
        gives whom it was given to, and does nothing more.
        """
        names = (keys.TRACKERS, keys.TRACKERS_SEEN, keys.ASSIGNMENTS)
        with translated(self._client):
            told = " ".join(map(str, known))
            return _owners(text(await _SEE(self._client.commands, names, (serial, points, told))))

    async def assign(self, serial: str, owner: Owner, operator: str) -> bool:
        """Give the tracker to a pilot of a race, with its log entry; False where it was so already."""
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

    async def assignments(self) -> dict[str, Owners]:
        """Whom operators gave trackers to, by serial: one a race at most, the latest last."""
        with translated(self._client):
            answer: Any = await self._client.commands.hgetall(keys.ASSIGNMENTS)
        return assignments_of(answer)


def assignments_of(answer: Any) -> dict[str, Owners]:
    """The assignments of the hash, by serial."""
    return {serial: _owners(told) for serial, told in fields(answer).items()}


def unknown_of(answer: Any) -> tuple[UnknownTracker, ...]:
    """The trackers of the hash, the one heard of last first."""
    found = [UnknownTracker(serial, *map(int, told.split("|"))) for serial, told in fields(answer).items()]
    return tuple(sorted(found, key=lambda one: (-one.last_ms, one.serial)))


def _owners(told: str) -> Owners:
    return tuple(Owner(race_id, bib) for race_id, _, bib in (one.partition("/") for one in told.split()))
