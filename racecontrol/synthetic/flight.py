"""A wing in the air: rest, climb in circles, glide, land; the path comes out at 1 Hz.

No aerodynamics: speeds, sink and climb are those measured on real tracks, so that gaps, heights and
speeds look right to whatever reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, ceil, cos, hypot, pi, sin

import numpy as np

from racecontrol.synthetic.area import Metres, ground_m, nearest_field
from racecontrol.synthetic.dice import Dice

WIND_EAST_M_S = 0.8
WIND_NORTH_M_S = 1.1
"""What carries circling wings up the valley."""

CLEARANCE_M = 40
"""No glide comes nearer to the ground, unless it began there: ridge lift, or the pilot's care."""

SAFE_HEIGHT_M = 180
"""Above everything on the way, before a glide is begun."""

CLOUD_BASE_M = 2600

MIN_GLIDE_RATIO = 8.0
"""Over the ground, at full speed; 9.5 at the slowest."""


@dataclass(frozen=True, slots=True)
class Path:
    """A flight at 1 Hz. second: seconds after the gun, rising by one. alt_m: above mean sea level."""

    second: np.ndarray[tuple[int], np.dtype[np.int64]]
    x_m: Metres
    y_m: Metres
    alt_m: Metres


class Wing:
    """One pilot's wing; each verb adds a stretch to the path.

    second: seconds after the gun of the last point. x_m, y_m, alt_m: where that was.
    """

    def __init__(self, dice: Dice, second: int, x_m: float, y_m: float) -> None:
        self.dice = dice
        self.second = second
        self.x_m, self.y_m = round(x_m, 2), round(y_m, 2)
        self.alt_m = round(float(ground_m(x_m, y_m)), 2)
        self._heading = dice.between(0, 2 * pi)
        self._first_second = second
        self._stretches = [np.array([[self.x_m], [self.y_m], [self.alt_m]])]

    @property
    def path(self) -> Path:
        """The whole path up to now."""
        x_m, y_m, alt_m = np.concatenate(self._stretches, axis=1)
        return Path(self._first_second + np.arange(len(x_m)), x_m, y_m, alt_m)

    @property
    def height_m(self) -> float:
        """Above the ground below."""
        return self.alt_m - float(ground_m(self.x_m, self.y_m))

    def rest(self, seconds: int) -> None:
        """Stay where it is."""
        if seconds > 0:
            still = np.ones(seconds)
            self._add(still * self.x_m, still * self.y_m, still * self.alt_m)

    def circle(self, seconds: int, climb_m_s: float, is_drifting: bool = True) -> None:
        """Turn in one sense for `seconds`, rising by `climb_m_s`, which may be negative."""
        if seconds <= 0:
            return
        radius_m = self.dice.between(24, 42)
        turn = self.dice.between(9.5, 11) / radius_m * self.dice.pick((-1, 1))
        toward_core = self._heading + (pi / 2 if turn > 0 else -pi / 2)
        core_x = self.x_m + radius_m * cos(toward_core)
        core_y = self.y_m + radius_m * sin(toward_core)
        at = np.arange(1, seconds + 1)
        angle = toward_core + pi + turn * at
        drift = at * is_drifting
        bumps = 4 * np.sin(at * pi / seconds * 3)
        self._heading = float(angle[-1]) + (pi / 2 if turn > 0 else -pi / 2)
        x_m = core_x + radius_m * np.cos(angle) + drift * WIND_EAST_M_S
        y_m = core_y + radius_m * np.sin(angle) + drift * WIND_NORTH_M_S
        self._add(x_m, y_m, np.maximum(self.alt_m + climb_m_s * at + bumps, ground_m(x_m, y_m)))

    def climb_to(self, alt_m: float) -> None:
        """Circle up to `alt_m` at 1 to 3 m/s."""
        climb_m_s = self.dice.between(1, 3)
        self.circle(ceil((alt_m - self.alt_m) / climb_m_s), climb_m_s)

    def glide_to(self, x_m: float, y_m: float) -> None:
        """Fly there at 35 to 55 km/h, losing height as it goes, never into the ground."""
        east, north = x_m - self.x_m, y_m - self.y_m
        distance_m = hypot(east, north)
        if distance_m < 1:
            return
        speed_m_s = self.dice.between(9.8, 15.0)
        ratio = 9.5 - (speed_m_s - 9.8) / 5.2 * (9.5 - MIN_GLIDE_RATIO)
        seconds = ceil(distance_m / speed_m_s)
        part = np.arange(1, seconds + 1) / seconds
        aside_m = self.dice.between(-0.02, 0.02) * distance_m * np.sin(part * pi * self.dice.whole(1, 3))
        flown_x = self.x_m + part * east - aside_m * north / distance_m
        flown_y = self.y_m + part * north + aside_m * east / distance_m
        sunk_m = self.alt_m - part * distance_m / ratio + 5 * np.sin(part * pi * self.dice.whole(2, 6))
        self._heading = atan2(north, east)
        clearance_m = min(CLEARANCE_M, max(0, self.height_m))
        self._add(flown_x, flown_y, np.maximum(sunk_m, ground_m(flown_x, flown_y) + clearance_m))

    def hop_to(self, x_m: float, y_m: float) -> None:
        """Glide there, after climbs if the glide would come too near to the ground."""
        # A climb drifts, and from where it ends another hill may be in the way.
        while self.alt_m < (needed_m := self._needed_m(x_m, y_m)):
            self.climb_to(max(needed_m, self.dice.between(1800, CLOUD_BASE_M)))
        self.glide_to(x_m, y_m)

    def land(self) -> None:
        """Go to the nearest field and spiral down onto it."""
        self.hop_to(*nearest_field(self.x_m, self.y_m))
        sink_m_s = self.dice.between(1.2, 2.2)
        self.circle(int(self.height_m / sink_m_s), -sink_m_s, is_drifting=False)
        self.alt_m = round(float(ground_m(self.x_m, self.y_m)), 2)

    def _needed_m(self, x_m: float, y_m: float) -> float:
        """The height from which a straight glide there clears everything."""
        part = np.linspace(0, 1, 24)
        below = ground_m(self.x_m + (x_m - self.x_m) * part, self.y_m + (y_m - self.y_m) * part)
        distance_m = hypot(x_m - self.x_m, y_m - self.y_m)
        return float((below + part * distance_m / MIN_GLIDE_RATIO).max()) + SAFE_HEIGHT_M

    def _add(self, x_m: Metres, y_m: Metres, alt_m: Metres) -> None:
        stretch = np.round(np.stack([x_m, y_m, alt_m]), 2)
        self._stretches.append(stretch)
        self.second += stretch.shape[1]
        self.x_m, self.y_m, self.alt_m = (float(last) for last in stretch[:, -1])
