"""What a store remembers of uploaded files, and of flights that were scored."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.domain.fixes import Fixes, Flight


@dataclass(frozen=True, slots=True)
class Upload:
    """A file whose points were accepted. digest: of race, bib and content."""

    digest: str
    race_id: str
    flight_id: str
    file_name: str
    points: int
    accepted_at_ms: int


@dataclass(frozen=True, slots=True)
class Scored:
    """Points of a flight to be kept as a version. run: what the items of one version share.

    asked_at_ms: when they came into the queue.
    """

    run: str
    asked_at_ms: int
    fixes: Fixes


@dataclass(frozen=True, slots=True)
class ScoredVersion:
    """One version of a flight. version_no: rises with each; unique in the store. conflicts: as in Written."""

    version_no: int
    flight: Flight
    run: str
    asked_at_ms: int
    conflicts: int
    points: int
