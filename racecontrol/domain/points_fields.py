"""What a dict point may hold: key names, units, ranges. Both readers of points go by this table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import DEGREE_E7, Fixes, Flight, Int32Column, Int64Column

TIME_KEYS: Final = ("datetime", "date_time", "timestamp", "timestamp_ms")
"""In the order in which they are looked for."""

NUMERIC_TIME_KEYS: Final = {"timestamp": 1000, "timestamp_ms": 1}
"""Where a number is a time: milliseconds in one of its units."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of one length. rows: one a text, a byte a cell."""

    rows: npt.NDArray[np.uint8]


Values: TypeAlias = Sequence[object] | npt.NDArray[np.float64] | Texts
"""One key's values, a point each: as they came, or all of them numbers or texts."""


@dataclass(frozen=True, slots=True)
class Field:
    """A number of a point. keys: the first one that a point has counts. low, high: in the sender's unit.

    scale: stored units in one of the sender's.
    """

    keys: tuple[str, ...]
    low: float
    high: float
    scale: float


LAT: Final = Field(("lat",), -90.0, 90.0, DEGREE_E7)
LON: Final = Field(("lon",), -180.0, 180.0, DEGREE_E7)

OPTIONAL: Final = (
    Field(("elevation", "gps_alt"), -1_000.0, 99_999.0, 1.0),
    Field(("barometric_altitude",), -1_000.0, 99_999.0, 1.0),
    Field(("speed",), 0.0, 1_000.0, 100 / 3.6),
    Field(("heading",), 0.0, 360.0, 1.0),
)
"""In the order of OPTIONAL_COLUMNS. A value that is null or out of range is MISSING; the position counts."""

KNOWN_KEYS: Final = frozenset([*TIME_KEYS, *(key for field in (LAT, LON, *OPTIONAL) for key in field.keys)])

FULL_CIRCLE_DEG: Final = 360
"""A heading of 360 is stored as 0."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Points as columns, in the order in which they came: units as in `Fixes`."""

    time_ms: Int64Column
    lat_e7: Int32Column
    lon_e7: Int32Column
    optional: tuple[Int32Column | None, ...]

    def of_flight(self, flight: Flight) -> Fixes:
        """These columns as a flight's; not yet in order of time."""
        return Fixes(flight, self.time_ms, self.lat_e7, self.lon_e7, *self.optional)
