"""Findings about people rather than machines: who calls for help, and whose tracker nobody knows. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from racecontrol.domain.clock import iso_utc
from racecontrol.telemetry.alerts import SOS_KEY, Finding
from racecontrol.telemetry.snapshot import Severity, Snapshot

_NAMED: Final = 3
"""Unknown trackers that the alert names; `racecontrol tracker ls` lists them all."""


def of_people(snapshot: Snapshot) -> Iterator[Finding]:
    """Every call for help that waits for an operator, and the trackers that no pilot owns as one finding."""
    for call in snapshot.sos:
        where = f" at {call.where}" if call.where else ""
        when = f", fix {iso_utc(call.fix_ms)}" if call.fix_ms else ""
        text = f"SOS bib {call.bib} of {call.race_id}{where}{when}"
        yield Finding(f"{SOS_KEY}{call.race_id}/{call.bib}", Severity.CRITICAL, text)
    if snapshot.trackers:
        serials = [tracker.serial for tracker in snapshot.trackers]
        named = ", ".join(serials[:_NAMED]) + (", …" if len(serials) > _NAMED else "")
        noun = "tracker" if len(serials) == 1 else "trackers"
        text = f"{len(serials)} {noun} without a pilot: {named}; see racecontrol tracker ls"
        yield Finding("trackers", Severity.WARNING, text)
