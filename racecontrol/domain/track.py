"""What reading a track file gives: the fixes, and every repair and every refused line, told one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from racecontrol.domain.fixes import Fixes


class RepairKind(StrEnum):
    """What was done to a line of a track. Those of DROPPED_KINDS took the line's fix out."""

    SAME_TIME_SAME_POSITION = "same time, same position"
    SAME_TIME_OTHER_POSITION = "same time, other position"
    OUT_OF_ORDER = "out of order"
    REFUSED = "refused"


DROPPED_KINDS = frozenset(
    {RepairKind.SAME_TIME_SAME_POSITION, RepairKind.SAME_TIME_OTHER_POSITION, RepairKind.REFUSED}
)
"""Lines read = fixes kept + lines of these kinds, always."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One line of a track that was not taken as it stands.

    line: counted from 1. time_ms: UTC ms of the fix, None where the line has no readable time.
    reason: for a refused line, what is wrong with it.
    """

    line: int
    kind: RepairKind
    time_ms: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """A track file, read.

    b_records: lines that claim to be a fix. headers: cleaned texts by name ("pilot", "glider", ...).
    `len(fixes) + dropped == b_records`.
    """

    fixes: Fixes
    b_records: int
    repairs: Sequence[Repair] = ()
    headers: Mapping[str, str] | None = None

    @property
    def dropped(self) -> int:
        """B records whose fix was not kept."""
        return sum(repair.kind in DROPPED_KINDS for repair in self.repairs)

    def repairs_until(self, time_ms: int) -> int:
        """Dropped B records with a readable time before `time_ms`."""
        return sum(
            repair.kind in DROPPED_KINDS and repair.time_ms is not None and repair.time_ms < time_ms
            for repair in self.repairs
        )
