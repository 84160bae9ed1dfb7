"""The race log panel: a line an entry, the newest last."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line, Role, Span, cut, width_of
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.words import clock_time
from racecontrol.telemetry.snapshot import LogLine, Severity

WHO_CELLS = 12

ROLES = {Severity.INFO: Role.TEXT, Severity.WARNING: Role.WARN, Severity.CRITICAL: Role.BAD}


def log_lines(entries: Sequence[LogLine], zone: str, width: int, signs: Signs) -> list[Line]:
    """An entry a line: time of day in the race's zone, sign, what, why, and who."""
    return [_entry(entry, zone, width, signs) for entry in entries]


def _entry(entry: LogLine, zone: str, width: int, signs: Signs) -> Line:
    """What yields to who: an entry without its author is worth less than one without its last words."""
    stamp = clock_time(entry.time_ms, zone)
    who = f"  {cut(entry.operator, WHO_CELLS)}" if entry.operator else ""
    said = f"{entry.what}: {entry.why}" if entry.why else entry.what
    return (
        Span(f"{stamp} ", Role.MUTED),
        Span(f"{signs.severities[entry.severity]} ", ROLES[entry.severity]),
        Span(cut(said, max(0, width - len(stamp) - 3 - width_of(who))), ROLES[entry.severity]),
        Span(who, Role.MUTED),
    )
