"""Where the invented races are flown: the Grésivaudan valley near Grenoble, as a plane with a simple relief.

x_m points east and y_m north of the landing field at Lumbin. The relief depends on the distance
from the valley's axis alone: cliffs of the Chartreuse in the north-west, Belledonne in the south-east.
"""

from __future__ import annotations

from typing import Final, overload

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int32Column

Metres = npt.NDArray[np.float64]

ORIGIN_LAT_E7: Final = 453_010_000
ORIGIN_LON_E7: Final = 59_080_000

_LAT_E7_PER_M: Final = 89.9322
_LON_E7_PER_M: Final = 127.8590
"""At 45.3 degrees north; the error over the 30 km of a task is one in five hundred."""

_AXIS_EAST: Final = 0.6
_AXIS_NORTH: Final = 0.8
"""The valley runs north-north-east; 3-4-5, so that the distance from it needs no square root."""

_FROM_AXIS_KM: Final = (-12.0, -9.5, -7.0, -5.0, -3.8, -3.2, -1.8, -1.2, 1.0, 2.4, 4.0, 7.0, 10.0, 14.0)
_GROUND_M: Final = (700, 1750, 1000, 1450, 1900, 1150, 960, 240, 240, 1100, 900, 1300, 2000, 2400)


def ground_m(x_m: Metres | float, y_m: Metres | float) -> Metres:
    """Height of the ground above mean sea level."""
    from_axis_km = (np.asarray(x_m) * _AXIS_NORTH - np.asarray(y_m) * _AXIS_EAST) / 1000
    return np.interp(from_axis_km, _FROM_AXIS_KM, _GROUND_M)


def nearest_field(x_m: float, y_m: float) -> tuple[float, float]:
    """The nearest landing field: on the valley's axis everything is one."""
    along_m = x_m * _AXIS_EAST + y_m * _AXIS_NORTH
    return along_m * _AXIS_EAST, along_m * _AXIS_NORTH


def to_lat_e7(y_m: Metres) -> Int32Column:
    """Northing to latitude."""
    return np.rint(ORIGIN_LAT_E7 + y_m * _LAT_E7_PER_M).astype(np.int32)


def to_lon_e7(x_m: Metres) -> Int32Column:
    """Easting to longitude."""
    return np.rint(ORIGIN_LON_E7 + x_m * _LON_E7_PER_M).astype(np.int32)


@overload
def to_plane(lat_deg: float, lon_deg: float) -> tuple[float, float]: ...


@overload
def to_plane(lat_deg: Metres, lon_deg: Metres) -> tuple[Metres, Metres]: ...


def to_plane(lat_deg: float | Metres, lon_deg: float | Metres) -> tuple[float | Metres, float | Metres]:
    """Positions as (x_m, y_m)."""
    x_m = (lon_deg * 1e7 - ORIGIN_LON_E7) / _LON_E7_PER_M
    y_m = (lat_deg * 1e7 - ORIGIN_LAT_E7) / _LAT_E7_PER_M
    return x_m, y_m
