"""What must come out of lines, told by what was put into them; no file is read here.

The rules, in the words of `RepairKind`: of the fixes with one time the first stands; a kept fix whose
time is before that of one above it was out of order; what cannot be a fix is refused.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from racecontrol.domain.fixes import MISSING, Fixes, Flight
from racecontrol.domain.track import RepairKind
from racecontrol.synthetic.lines import Fix, Line, fixes_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """fixes: those kept, by time. b_records: lines. repairs: how many lines of each kind."""

    fixes: Fixes
    b_records: int
    repairs: Counter[RepairKind]


def outcome_of(files: Iterable[Sequence[Line]], flight: Flight) -> Outcome:
    """What the lines of a pilot's files, one after another, come to."""
    kept: dict[int, Fix] = {}
    repairs: Counter[RepairKind] = Counter()
    b_records = 0
    for lines in files:
        b_records += len(lines)
        latest_ms = 0
        for line in lines:
            if line.fix is None:
                repairs[RepairKind.REFUSED] += 1
                continue
            time_ms = line.fix.time_ms
            if time_ms in kept:
                repairs[_kind_of_second(kept[time_ms], line.fix)] += 1
                continue
            kept[time_ms] = line.fix
            if time_ms < latest_ms:
                repairs[RepairKind.OUT_OF_ORDER] += 1
            latest_ms = max(latest_ms, time_ms)
    return Outcome(fixes_of(sorted(kept.values()), flight), b_records, repairs)


def checksum(fixes: Fixes) -> str:
    """SHA-256 over the columns of `Fix`, one after another, little-endian: time as int64, the rest as int32.

    A height that a fix, or the whole flight, lacks counts as MISSING.
    """
    digest = hashlib.sha256(fixes.time_ms.astype("<i8").tobytes())
    for column in (fixes.lat_e7, fixes.lon_e7, fixes.gnss_alt_m, fixes.pressure_alt_m):
        known = np.full(len(fixes), MISSING, np.int32) if column is None else column
        digest.update(known.astype("<i4").tobytes())
    return digest.hexdigest()


def _kind_of_second(first: Fix, second: Fix) -> RepairKind:
    if (first.lat_e7, first.lon_e7) == (second.lat_e7, second.lon_e7):
        return RepairKind.SAME_TIME_SAME_POSITION
    return RepairKind.SAME_TIME_OTHER_POSITION
