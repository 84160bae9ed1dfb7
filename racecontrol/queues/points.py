"""Lists of dicts, as the system replaced took them, to `Fixes`. Only the public edge knows this form.

A point has `lat` and `lon` in degrees and one time: `datetime` or `date_time` (ISO 8601 text or
an aware datetime), `timestamp` (the same, or unix seconds) or `timestamp_ms` (unix ms). It may
have `elevation` or `gps_alt` (metres above the ellipsoid), `barometric_altitude` (metres),
`speed` (km/h, as Flymaster sends it) and `heading` (degrees). Other keys are ignored.

Points need not be in order; of those with one time the first in the list stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from racecontrol.domain.fixes import Fixes, Flight, in_order
from racecontrol.domain.points_columns import columns_of
from racecontrol.domain.points_one import FEW_POINTS, read_points
from racecontrol.queues.codec import encode

Point = Mapping[str, object]


def points_to_fixes(points: Sequence[Point], flight: Flight) -> Fixes:
    """The points as one flight's fixes, sorted, no time twice: `len(points) - len(fixes)` were dropped.

    Raises: BadItem naming the point (from 0) and the field that is missing or impossible.
    """
    columns = columns_of(points) if len(points) > FEW_POINTS else None
    return in_order((columns or read_points(points)).of_flight(flight))


def encode_points(points: Sequence[Point], flight: Flight) -> bytes:
    """`encode(points_to_fixes(points, flight))`."""
    return encode(points_to_fixes(points, flight))
