"""From records as they stand in a pilot's files to fixes in order, with every repair told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import MISSING, Fixes, Flight, Int32Column, Int64Column
from racecontrol.domain.track import REPAIR_KINDS, RepairKind, Repairs, Track
from racecontrol.formats.igc_records import REASONS, BRecords

_KEPT: Final = 255
_OUT_OF_ORDER: Final = REPAIR_KINDS.index(RepairKind.OUT_OF_ORDER)
_SAME_POSITION: Final = REPAIR_KINDS.index(RepairKind.SAME_TIME_SAME_POSITION)
_OTHER_POSITION: Final = REPAIR_KINDS.index(RepairKind.SAME_TIME_OTHER_POSITION)
_REFUSED: Final = REPAIR_KINDS.index(RepairKind.REFUSED)

_Rows = npt.NDArray[np.intp]
_Kinds = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class IgcFile:
    """One IGC file as it stands: records in the order of the file, timed, nothing sorted or taken out.

    time_ms: UTC, NO_TIME where a refused line has no readable time.
    """

    name: str
    records: BRecords
    time_ms: Int64Column
    headers: Mapping[str, str]


def merge_igc(files: Sequence[IgcFile], flight: Flight) -> Track:
    """The files of one pilot, one at least, as one track; of one time, the fix of the earlier file stands.

    The headers are the first file's. A fix is late by the order of its own file.
    """
    time_ms = np.concatenate([file.time_ms for file in files])
    verdict = np.concatenate([file.records.verdict for file in files])
    lat_e7 = np.concatenate([file.records.lat_e7 for file in files])
    lon_e7 = np.concatenate([file.records.lon_e7 for file in files])
    kind = np.where(verdict == 0, np.uint8(_KEPT), np.uint8(_REFUSED))
    order: _Rows = np.flatnonzero(verdict == 0)
    if not (np.diff(time_ms[order]) > 0).all():
        order = order[np.argsort(time_ms[order], kind="stable")]
        stands = _standing(order, time_ms)
        is_same = (lat_e7[order] == lat_e7[stands]) & (lon_e7[order] == lon_e7[stands])
        is_double = stands != order
        kind[order[is_double]] = np.where(is_same, _SAME_POSITION, _OTHER_POSITION)[is_double]
        kind[_is_late(files) & (kind == _KEPT)] = _OUT_OF_ORDER
        order = order[~is_double]
    fixes = Fixes(flight, time_ms[order], lat_e7[order], lon_e7[order], *_optional_columns(files, order))
    return Track(fixes, len(kind), _repairs(files, time_ms, verdict, kind), files[0].headers)


def _standing(order: _Rows, time_ms: Int64Column) -> _Rows:
    """For each fix, by time, the first fix of its time."""
    sorted_ms = time_ms[order]
    is_first = np.concatenate(([True], sorted_ms[1:] != sorted_ms[:-1]))
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    stands: _Rows = order[first]
    return stands


def _is_late(files: Sequence[IgcFile]) -> npt.NDArray[np.bool_]:
    """Which good records stand in their file after one of a later time."""
    late = []
    for file in files:
        is_good = file.records.verdict == 0
        good_ms = np.where(is_good, file.time_ms, np.iinfo(np.int64).min)
        late.append(is_good & (file.time_ms < np.maximum.accumulate(good_ms)))
    return np.concatenate(late)


def _optional_columns(files: Sequence[IgcFile], order: _Rows) -> list[Int32Column | None]:
    """The heights, speed and heading of the kept fixes, in the order of `Fixes`."""
    sizes = [len(file.time_ms) for file in files]
    records = [file.records for file in files]
    return [
        _joined([part.gnss_alt_m for part in records], sizes, order),
        _joined([_real_pressure(part) for part in records], sizes, order),
        _joined([part.speed_cm_s for part in records], sizes, order),
        _joined([part.heading_deg for part in records], sizes, order),
    ]


def _real_pressure(records: BRecords) -> Int32Column | None:
    """None for a logger without a sensor: it writes 0 all the way. Damaged lines have anything there."""
    return records.pressure_alt_m if records.pressure_alt_m[records.verdict == 0].any() else None


def _joined(parts: Sequence[Int32Column | None], sizes: Sequence[int], order: _Rows) -> Int32Column | None:
    columns = [
        np.full(size, MISSING, np.int32) if part is None else part
        for part, size in zip(parts, sizes, strict=True)
    ]
    column: Int32Column = np.concatenate(columns)[order]
    return column if (column != MISSING).any() else None


def _repairs(
    files: Sequence[IgcFile], time_ms: Int64Column, verdict: npt.NDArray[np.uint8], kind: _Kinds
) -> Repairs:
    told = np.flatnonzero(kind != _KEPT)
    file = np.repeat(np.arange(len(files), dtype=np.uint16), [len(file.time_ms) for file in files])
    row = np.concatenate([file.records.row for file in files])
    return Repairs(
        line=row[told].astype(np.int64) + 1,
        kind=kind[told],
        time_ms=time_ms[told],
        reason=verdict[told],
        file=file[told],
        reasons=REASONS,
        files=tuple(file.name for file in files),
    )
