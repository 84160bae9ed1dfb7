"""An entry of the race log: who did what, when, and why."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.domain.severity import Severity


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the race log. entry_id: of the stream, rising. race_id: "" for the whole site's.

    Times: the server's, ms UTC. Texts were cleaned on their way in.
    """

    entry_id: str
    time_ms: int
    race_id: str
    operator: str
    what: str
    why: str = ""
    severity: Severity = Severity.INFO
