"""Races in the server: who starts one, how far the start is, and how it is taken back.

    READY ──begin_start──► STARTING ──finish──► RUNNING
      ▲                       │                    │
      └───────── recall: the next pass ◄───────────┘

Each step is one script that also writes the race log, so the state and the log never disagree.
"""

from __future__ import annotations

from typing import Any

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.race import RaceState
from racecontrol.errors import RaceStateError
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain, Script
from racecontrol.state.fields import fields, number
from racecontrol.state.model import ClaimOutcome, RaceStatus, StartClaim

SILENCE_MS = 5_000
"""A start that has not beaten for this long is dead: at one beat a second, five were missed."""

_SCRIPTS = "racecontrol.state.scripts"
_BEGIN = Script.load(_SCRIPTS, "begin_start")
_BEAT = Script.load(_SCRIPTS, "beat_start")
_FINISH = Script.load(_SCRIPTS, "finish_start")
_RECALL = Script.load(_SCRIPTS, "recall")


class Races:
    """Starting and recalling races. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def begin_start(
        self, race_id: str, operator: str, token: str, *, seen_pass: int | None = None
    ) -> StartClaim:
        """Ask to start a race. The first caller wins; a repeat with the same token wins again.

        A start silent for SILENCE_MS is resumed: same pass, new holder. seen_pass: the pass that
        the operator's screen showed, None without a screen.

        Raises: RaceStateError where the race is at another pass than the one seen.
        """
        args = (race_id, operator, token, _optional(seen_pass), SILENCE_MS)
        outcome, status = await self._run(_BEGIN, race_id, args)
        if outcome == b"moved":
            raise _moved(status)
        return StartClaim(ClaimOutcome(outcome.decode()), status)

    async def beat(self, race_id: str, token: str, done: int, total: int) -> None:
        """Say that the start is alive, and how far: done of total pilots or items.

        Raises: RaceStateError where it was recalled or taken over; stop, and withdraw what was sent.
        """
        outcome, status = await self._run(_BEAT, race_id, (token, done, total))
        _require_ours(outcome, status)

    async def finish(self, race_id: str, token: str, report_json: str, why: str = "") -> RaceStatus:
        """Let the race run, with the report for whoever asks again. why: the report in a few words.

        Raises: RaceStateError where the start was recalled or taken over meanwhile.
        """
        outcome, status = await self._run(_FINISH, race_id, (race_id, token, report_json, why))
        _require_ours(outcome, status)
        return status

    async def recall(self, race_id: str, operator: str, *, seen_pass: int | None = None) -> RaceStatus:
        """Take the start back, done or under way, and begin a new pass, which is returned.

        A start under way is refused at its next beat. The race's replay ends.

        Raises: RaceStateError where there is nothing to recall, or the race is at another pass.
        """
        outcome, status = await self._run(_RECALL, race_id, (race_id, operator, _optional(seen_pass)))
        if outcome == b"moved":
            raise _moved(status)
        if outcome == b"ready":
            raise RaceStateError(f"{race_id} has not been started{_recalled_note(status)}: nothing to recall")
        return status

    async def status(self, race_id: str) -> RaceStatus:
        """Where the race stands."""
        with translated(self._client):
            return status_of(race_id, await self._client.commands.hgetall(keys.race(race_id)))

    async def _run(self, script: Script, race_id: str, args: tuple[str | int, ...]) -> tuple[Any, RaceStatus]:
        names = (keys.race(race_id), keys.LOG, keys.replay(race_id))
        with translated(self._client):
            outcome, answer = await script(self._client.commands, names, args)
        return outcome, status_of(race_id, answer)


def status_read(race_id: str) -> Plain:
    """The command of a batch whose answer `status_of` reads."""
    return ("HGETALL", keys.race(race_id))


def status_of(race_id: str, answer: Any) -> RaceStatus:
    """A race's status from its hash."""
    held = fields(answer)
    return RaceStatus(
        race_id,
        RaceState(held.get("state", RaceState.READY)),
        int(held.get("pass", 1)),
        held.get("operator", ""),
        number(held.get("since_ms")),
        number(held.get("beat_ms")),
        int(held.get("done", 0)),
        int(held.get("total", 0)),
        held.get("report", ""),
        held.get("recalled_by", ""),
    )


def _optional(seen_pass: int | None) -> int | str:
    return "" if seen_pass is None else seen_pass


def _moved(status: RaceStatus) -> RaceStateError:
    who = f", by {status.operator}" if status.operator else ""
    return RaceStateError(
        f"{status.race_id} has moved on: it is {status.state} in pass {status.pass_number}{who}",
        advice="look at the race again and decide anew",
    )


def _require_ours(outcome: bytes, status: RaceStatus) -> None:
    if outcome == b"recalled":
        raise RaceStateError(f"{status.race_id}: the start was recalled by {status.recalled_by}")
    if outcome == b"taken":
        raise RaceStateError(f"{status.race_id}: the start was taken over by {status.operator}")


def _recalled_note(status: RaceStatus) -> str:
    if not status.recalled_by or status.since_ms is None:
        return ""
    return f" since {status.recalled_by} recalled it at {iso_utc(status.since_ms)}"
