"""A tracker: writes a path down at its interval, with a receiver's noise and a file's resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.formats.igc_layout import on_grid
from racecontrol.synthetic.area import to_lat_e7, to_lon_e7
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.flight import Path

GEOID_M = 50
"""The WGS84 ellipsoid lies this far below mean sea level around Grenoble."""

NOISE_M = 1.5


@dataclass(frozen=True, slots=True)
class Logger:
    """How a tracker records.

    interval_s: between two fixes. position_digits: decimals after a thousandth of a minute, 0..3.
    has_barometer: without one the pressure height is written as zero.
    """

    interval_s: int = 5
    position_digits: int = 0
    has_barometer: bool = True


def record(path: Path, logger: Logger, flight: Flight, gun_ms: int, dice: Dice, until_s: int) -> Fixes:
    """The fixes of a path up to `until_s` seconds after the gun."""
    rows = slice(0, int(np.searchsorted(path.second, until_s, side="right")), logger.interval_s)
    second = path.second[rows]
    length = len(second)
    alt_m = path.alt_m[rows]
    pressure_offset_m = dice.between(-60, 20)
    gnss = alt_m + GEOID_M + dice.column(-2, 2, length)
    pressure = alt_m + pressure_offset_m + dice.column(-1, 1, length)
    return Fixes(
        flight,
        gun_ms + second * 1000,
        on_grid(to_lat_e7(path.y_m[rows] + dice.column(-NOISE_M, NOISE_M, length)), logger.position_digits),
        on_grid(to_lon_e7(path.x_m[rows] + dice.column(-NOISE_M, NOISE_M, length)), logger.position_digits),
        np.rint(gnss).astype(np.int32),
        np.rint(pressure).astype(np.int32) if logger.has_barometer else None,
    )
