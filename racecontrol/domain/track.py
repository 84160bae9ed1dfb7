"""What reading a track file gives: the fixes, and every repair and every refused line, told one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, overload

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import Problem


class RepairKind(StrEnum):
    """What was done to a line of a track. Those of DROPPED_KINDS took the line's fix out."""

    SAME_TIME_SAME_POSITION = "same time, same position"
    SAME_TIME_OTHER_POSITION = "same time, other position"
    OUT_OF_ORDER = "out of order"
    REFUSED = "refused"


DROPPED_KINDS: Final = frozenset(
    {RepairKind.SAME_TIME_SAME_POSITION, RepairKind.SAME_TIME_OTHER_POSITION, RepairKind.REFUSED}
)
"""Lines read = fixes kept + lines of these kinds, always."""

REPAIR_KINDS: Final = tuple(RepairKind)
"""The numbers of the kinds in the column `Repairs.kind`."""

NO_TIME: Final = -(2**63)
"""What the column `Repairs.time_ms` holds for a line without a readable time."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One line of a track that was not taken as it stands.

    line: counted from 1. time_ms: UTC ms of the fix, None where the line has no readable time.
    reason: for a refused line, what is wrong with it. file: the name of the line's file.
    """

    line: int
    kind: RepairKind
    time_ms: int | None = None
    reason: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Repairs(Sequence[Repair]):
    """The repairs of a track as columns, by file and line: a tracker in a loop makes 35,000 of them.

    kind: index in REPAIR_KINDS. reason, file: indexes in `reasons` and `files`.
    """

    line: npt.NDArray[np.int64]
    kind: npt.NDArray[np.uint8]
    time_ms: npt.NDArray[np.int64]
    reason: npt.NDArray[np.uint8]
    file: npt.NDArray[np.uint16]
    reasons: tuple[str, ...] = ("",)
    files: tuple[str, ...] = ("",)

    def __len__(self) -> int:
        return len(self.line)

    @overload
    def __getitem__(self, index: int) -> Repair: ...

    @overload
    def __getitem__(self, index: slice) -> list[Repair]: ...

    def __getitem__(self, index: int | slice) -> Repair | list[Repair]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        time_ms = int(self.time_ms[index])
        return Repair(
            int(self.line[index]),
            REPAIR_KINDS[self.kind[index]],
            None if time_ms == NO_TIME else time_ms,
            self.reasons[self.reason[index]],
            self.files[self.file[index]],
        )

    def __iter__(self) -> Iterator[Repair]:
        return (self[place] for place in range(len(self)))

    def count(self, value: object) -> int:
        """How many there are of a RepairKind, or of an equal repair."""
        if isinstance(value, RepairKind):
            return int(np.count_nonzero(self.kind == REPAIR_KINDS.index(value)))
        return sum(repair == value for repair in self)

    def is_dropped(self) -> npt.NDArray[np.bool_]:
        """Which of them took their fix out."""
        dropped: npt.NDArray[np.bool_] = self.kind != REPAIR_KINDS.index(RepairKind.OUT_OF_ORDER)
        return dropped


def no_repairs() -> Repairs:
    """The repairs of a clean track."""
    none = np.empty(0, np.int64)
    return Repairs(none, none.astype(np.uint8), none, none.astype(np.uint8), none.astype(np.uint16))


@dataclass(frozen=True, slots=True)
class Track:
    """One pilot's track, read from one file or from several.

    b_records: lines that claim to be a fix. headers: cleaned texts by name ("pilot", "glider", ...).
    problems: files of the pilot that could not be read, while another could.
    `len(fixes) + dropped == b_records`.
    """

    fixes: Fixes
    b_records: int
    repairs: Repairs = field(default_factory=no_repairs)
    headers: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def dropped(self) -> int:
        """B records whose fix was not kept."""
        return int(np.count_nonzero(self.repairs.is_dropped()))

    def dropped_between(self, start_ms: int, end_ms: int) -> int:
        """Dropped B records with a readable time from `start_ms` on and before `end_ms`."""
        told = self.repairs.time_ms
        is_inside = (told != NO_TIME) & (told >= start_ms) & (told < end_ms)
        return int(np.count_nonzero(self.repairs.is_dropped() & is_inside))
