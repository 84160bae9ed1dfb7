"""`Fixes`: one flight's points as columns, the form in which points travel from the parser to the database.

Positions are integers of 1e-7 degree (11 mm), so every value survives codec, store and
export unchanged, and two fixes are equal or they are not. A value that a fix lacks is
MISSING; a flight that lacks a whole column has None there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

Int64Column = npt.NDArray[np.int64]
Int32Column = npt.NDArray[np.int32]

MISSING: Final = -(2**31)
"""What an int32 column holds where a fix has no such value; no height, speed or heading comes near it."""

DEGREE_E7: Final = 10_000_000
"""Units of `lat_e7` and `lon_e7` in one degree."""


@dataclass(frozen=True, slots=True)
class Flight:
    """Whose points these are. A flight is one pilot's points in one race from one source.

    flight_id: unique in a site, at most 100 characters; the store's key.
    race_id, bib: "" where the points belong to no race, or to no pilot that is known.
    source: where the points came from: "igc", "live", "flymaster", "upload", ...
    """

    flight_id: str
    race_id: str = ""
    bib: str = ""
    source: str = ""


class Fixes(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One flight's points, or a chunk of them; all columns have one length, sorted by time, no time twice.

    time_ms: UTC, ms since 1970, int64. lat_e7, lon_e7: WGS84, 1e-7 degree, int32.
    gnss_alt_m: metres above the WGS84 ellipsoid; pressure_alt_m: metres in the standard
    atmosphere (1013.25 hPa); speed_cm_s: over the ground; heading_deg: true, 0..359. Each of
    these four is an int32 column with MISSING in it, or None where no fix has the value.

    A `msgspec.Struct`, made in a tenth of a frozen dataclass's time: every item that is read is one.
    """

    flight: Flight
    time_ms: Int64Column
    lat_e7: Int32Column
    lon_e7: Int32Column
    gnss_alt_m: Int32Column | None = None
    pressure_alt_m: Int32Column | None = None
    speed_cm_s: Int32Column | None = None
    heading_deg: Int32Column | None = None

    def __len__(self) -> int:
        return len(self.time_ms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fixes):
            return NotImplemented
        return self.flight == other.flight and all(
            _same_column(getattr(self, name), getattr(other, name)) for name in COLUMNS
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Fixes({self.flight.flight_id!r}, {len(self)} points)"

    @property
    def lat_deg(self) -> npt.NDArray[np.float64]:
        """Latitude in degrees, float64."""
        return self.lat_e7 / DEGREE_E7

    @property
    def lon_deg(self) -> npt.NDArray[np.float64]:
        """Longitude in degrees, float64."""
        return self.lon_e7 / DEGREE_E7

    def select(self, rows: slice | npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Fixes:
        """The fixes at `rows`: a slice (no copy), a mask, or indexes in rising order."""
        return Fixes(
            self.flight,
            self.time_ms[rows],
            self.lat_e7[rows],
            self.lon_e7[rows],
            *(None if column is None else column[rows] for column in self._optional()),
        )

    def before(self, time_ms: int) -> Fixes:
        """The fixes earlier than `time_ms`, without a copy. Cost: O(log n)."""
        return self.select(slice(0, int(np.searchsorted(self.time_ms, time_ms, side="left"))))

    def chunks(self, points: int) -> list[Fixes]:
        """These fixes cut into pieces of at most `points`; none for no fixes."""
        if 0 < len(self) <= points:
            return [self]
        return [self.select(slice(at, at + points)) for at in range(0, len(self), points)]

    def of_flight(self, flight: Flight) -> Fixes:
        """The same columns under another flight."""
        return Fixes(flight, self.time_ms, self.lat_e7, self.lon_e7, *self._optional())

    def _optional(self) -> tuple[Int32Column | None, ...]:
        return self.gnss_alt_m, self.pressure_alt_m, self.speed_cm_s, self.heading_deg


COLUMNS: Final = tuple(name for name in Fixes.__struct_fields__ if name != "flight")
"""The columns of `Fixes`, in the order of the codec and the store."""

OPTIONAL_COLUMNS: Final = COLUMNS[3:]


def make_fixes(flight: Flight, time_ms: Sequence[int], lat_e7: Sequence[int], lon_e7: Sequence[int]) -> Fixes:
    """`Fixes` of plain sequences, without heights: for tests and tools, not for the hot path."""
    return Fixes(
        flight,
        np.asarray(time_ms, np.int64),
        np.asarray(lat_e7, np.int32),
        np.asarray(lon_e7, np.int32),
    )


def in_order(fixes: Fixes) -> Fixes:
    """The same points sorted by time; of those with one time the first stands."""
    if (fixes.time_ms[1:] > fixes.time_ms[:-1]).all():
        return fixes
    # Of equal times np.unique gives the index of the first.
    _, firsts = np.unique(fixes.time_ms, return_index=True)
    return fixes.select(firsts)


def concatenate(pieces: Sequence[Fixes]) -> Fixes:
    """Pieces of one flight as one; `in_order` afterwards where they overlap.

    Raises: ValueError for no pieces, or pieces of several flights.
    """
    if len({piece.flight for piece in pieces}) != 1:
        raise ValueError("only pieces of one flight make a whole")
    columns = {}
    for name in COLUMNS:
        parts = [getattr(piece, name) for piece in pieces]
        if all(part is None for part in parts):
            continue
        columns[name] = np.concatenate(
            [
                np.full(len(piece), MISSING, np.int32) if part is None else part
                for piece, part in zip(pieces, parts, strict=True)
            ]
        )
    return Fixes(pieces[0].flight, **columns)


def _same_column(one: npt.NDArray[np.integer] | None, other: npt.NDArray[np.integer] | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one, other)
