"""Points to measure with: flights as loggers record them, the same in every run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.fixes import Fixes, Flight

Point = dict[str, Any]

FIRST_MS: Final = 1_558_864_800_000
"""2019-05-26T10:00:00Z, two hours before a real start."""

_SPEED_M_S: Final = 10.0
_METRE_E7: Final = 90.0
_CIRCLE_S: Final = 22.0
_SEED: Final = 42


def make_flights(flights: int, points: int) -> list[Fixes]:
    """Flights of one race, a point a second: gliders that circle, drift and climb, then glide.

    Positions lie on the thousandths of a minute that an IGC file has room for.
    """
    return [_flight(number, points) for number in range(flights)]


def _flight(number: int, points: int) -> Fixes:
    noise = np.random.default_rng((_SEED, number))
    seconds = np.arange(points)
    is_circling = np.sin(seconds / 300 + noise.uniform(0, 6)) > 0
    turn = np.where(is_circling, 2 * np.pi / _CIRCLE_S, 0) + noise.normal(0, 0.03, points)
    heading = turn.cumsum()
    speed = _SPEED_M_S + noise.normal(0, 0.4, points).cumsum() * 0.02
    climb = np.where(is_circling, 1.5, -1.1) + noise.normal(0, 0.5, points)
    height = 1500 + climb.cumsum()
    return Fixes(
        Flight(f"R42/{number}", "R42", str(number), "igc"),
        FIRST_MS + seconds * 1000,
        _on_the_grid(455_000_000 + number * 5_000 + (speed * np.cos(heading)).cumsum() * _METRE_E7),
        _on_the_grid(62_000_000 + number * 7_000 + (speed * np.sin(heading)).cumsum() * _METRE_E7 * 1.4),
        np.rint(height).astype(np.int32),
        np.rint(height - 30 + noise.normal(0, 0.6, points)).astype(np.int32),
    )


def _on_the_grid(position_e7: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    thousandths = np.rint(position_e7 * 6 / 1000)
    return np.rint(thousandths * 1000 / 6).astype(np.int32)


def as_points(fixes: Fixes) -> list[Point]:
    """The fixes as the system replaced queued them: 154 bytes a point once they are JSON."""
    assert fixes.gnss_alt_m is not None
    assert fixes.pressure_alt_m is not None
    columns = (
        fixes.time_ms.tolist(),
        np.round(fixes.lat_deg, 7).tolist(),
        np.round(fixes.lon_deg, 7).tolist(),
        fixes.gnss_alt_m.tolist(),
        fixes.pressure_alt_m.tolist(),
    )
    return [
        {
            "flight_id": fixes.flight.flight_id,
            "lat": lat,
            "lon": lon,
            "datetime": iso_utc(time_ms),
            "elevation": gnss,
            "barometric_altitude": baro,
        }
        for time_ms, lat, lon, gnss, baro in zip(*columns, strict=True)
    ]


def as_items(flights: Sequence[Fixes], points: int) -> list[tuple[Point, float]]:
    """The flights cut into items of so many points, as dicts with a priority."""
    return [
        ({"flight_id": chunk.flight.flight_id, "points": as_points(chunk)}, 1.0)
        for fixes in flights
        for chunk in fixes.chunks(points)
    ]


def scaled(count: int, scale: float) -> int:
    """That share of `count`, at least 1."""
    return max(1, round(count * scale))
