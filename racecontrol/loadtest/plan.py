"""What a load test sends: flights of a race of its own, as uploads at once or as live trackers at a rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.formats.tracker_writer import live_body, upload_body

LIVE_PATH = "/api/v2/live/add_live_track_points"
UPLOAD_PATH = "/api/v2/uploads/process"

_PLACES = 10_000
_STEP_E7 = 900


@dataclass(frozen=True, slots=True)
class Uploads:
    """`uploads` bodies of `points` points each, `at_once` of them under way at a time."""

    uploads: int
    points: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Trackers:
    """`trackers` devices that each send `rate` bodies of `points` points a second, for `seconds`."""

    trackers: int
    rate: float
    seconds: float
    points: int = 1


@dataclass(frozen=True, slots=True)
class Shipment:
    """One request: its fixes are those in the body. due_s: when to send it, from the beginning."""

    path: str
    body: bytes
    fixes: Fixes
    due_s: float = 0.0


def upload_shipments(plan: Uploads, race_id: str, run: str, until_ms: int) -> list[Shipment]:
    """The uploads, one flight each, a point a second up to until_ms. run: makes its bibs its own."""
    flights = (
        make_flight(race_id, f"{run}-{number}", number, plan.points, until_ms)
        for number in range(plan.uploads)
    )
    return [Shipment(UPLOAD_PATH, upload_body(fixes), fixes) for fixes in flights]


def tracker_shipments(plan: Trackers, race_id: str, run: str, until_ms: int) -> list[Shipment]:
    """The trackers' bodies in the order they are due: the devices are spread over each interval."""
    bodies = max(1, round(plan.rate * plan.seconds))
    shipments = [
        Shipment(LIVE_PATH, live_body(part), part, (at + number / plan.trackers) / plan.rate)
        for number in range(plan.trackers)
        for at, part in enumerate(_parts(plan, race_id, f"{run}-{number}", number, bodies, until_ms))
    ]
    return sorted(shipments, key=lambda shipment: shipment.due_s)


def make_flight(race_id: str, bib: str, number: int, points: int, until_ms: int) -> Fixes:
    """A glider that circles and drifts; every flight has its own place, every second its own position."""
    steps = np.arange(points)
    place = number % _PLACES
    return Fixes(
        Flight(f"{race_id}/{bib}", race_id, bib, "loadtest"),
        until_ms // 1000 * 1000 - (points - 1 - steps.astype(np.int64)) * 1000,
        (455_000_000 + place * 3_000 + np.rint(np.sin(steps / 4) * 2_000) + steps * 7).astype(np.int32),
        (62_000_000 + place * 5_000 + np.rint(np.cos(steps / 4) * 2_000) + steps * _STEP_E7 // 100).astype(
            np.int32
        ),
        (1_500 + steps % 700).astype(np.int32),
        (1_470 + steps % 700).astype(np.int32),
    )


def _parts(
    plan: Trackers, race_id: str, bib: str, number: int, bodies: int, until_ms: int
) -> Iterator[Fixes]:
    yield from make_flight(race_id, bib, number, bodies * plan.points, until_ms).chunks(plan.points)
