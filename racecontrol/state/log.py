"""The race log: a stream in the server, append-only and never trimmed, since every entry is a decision.
`pipeline.log_copy` copies it to the store.

What changes state writes its entry in its own script; `append` is for what is told only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from redis.typing import EncodableT, FieldT

from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.severity import Severity
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain
from racecontrol.state.fields import fields, text

BEGINNING = "0"
"""What `read` takes for "from the first entry on"."""


class RaceLog:
    """Reading and writing the log. Every method raises ServerUnavailable; each costs one round trip."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def append(
        self, race_id: str, operator: str, what: str, why: str = "", severity: Severity = Severity.INFO
    ) -> str:
        """Add an entry and give its id. All text is cleaned by the caller."""
        entry: dict[FieldT, EncodableT] = {
            "race": race_id,
            "operator": operator,
            "what": what,
            "why": why,
            "severity": severity.value,
        }
        with translated(self._client):
            entry_id: Any = await self._client.commands.xadd(keys.LOG, entry)
        return text(entry_id)

    async def read(self, after_id: str = BEGINNING, n: int = 1000) -> list[LogEntry]:
        """At most n entries after that one, oldest first."""
        with translated(self._client):
            answer: Any = await self._client.commands.xrange(keys.LOG, f"({after_id}", "+", count=n)
        return entries_of(answer)

    async def has(self, entry_id: str) -> bool:
        """Whether the log has this entry."""
        with translated(self._client):
            return bool(await self._client.commands.xrange(keys.LOG, entry_id, entry_id))

    async def tail(self, n: int) -> list[LogEntry]:
        """The last n entries, oldest first."""
        with translated(self._client):
            return tail_of(await self._client.commands.xrevrange(keys.LOG, count=n))


def tail_read(n: int) -> Plain:
    """The command of a batch whose answer `tail_of` reads."""
    return ("XREVRANGE", keys.LOG, "+", "-", "COUNT", n)


def later_read(after_id: str, n: int) -> Plain:
    """The command of a batch whose answer `entries_of` reads: at most n entries after that one."""
    return ("XRANGE", keys.LOG, f"({after_id}", "+", "COUNT", n)


def tail_of(answer: Any) -> list[LogEntry]:
    """The entries of an answer that has the newest first, oldest first."""
    return entries_of(reversed(answer))


def entries_of(answer: Iterable[tuple[bytes, Any]]) -> list[LogEntry]:
    """Entries from a stream's answer, in its order."""
    return [_entry(text(entry_id), fields(raw)) for entry_id, raw in answer]


def _entry(entry_id: str, told: dict[str, str]) -> LogEntry:
    return LogEntry(
        entry_id,
        int(entry_id.partition("-")[0]),
        told["race"],
        told["operator"],
        told["what"],
        told["why"],
        Severity(told["severity"]),
    )
