"""Small builders of domain values, so that a test states only what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.race import Pilot, Race

GUN_MS = 1_779_795_900_000
"""2026-05-26T11:45:00Z"""


def make_flight(bib: str = "118", race_id: str = "R42", source: str = "igc") -> Flight:
    return Flight(f"{race_id}/{bib}", race_id, bib, source)


def make_fixes(
    times_ms: Sequence[int] = (GUN_MS - 2000, GUN_MS - 1000, GUN_MS),
    *,
    flight: Flight | None = None,
    lat_e7: int = 459_000_000,
    lon_e7: int = 62_000_000,
    alt_m: int | None = 1500,
) -> Fixes:
    """A flight that creeps north-east by 10 units a fix, at one height."""
    steps = np.arange(len(times_ms), dtype=np.int32) * 10
    return Fixes(
        flight or make_flight(),
        np.asarray(times_ms, np.int64),
        lat_e7 + steps,
        lon_e7 + steps,
        None if alt_m is None else np.full(len(times_ms), alt_m, np.int32),
    )


def make_race(pilots: Sequence[Pilot] = (Pilot("118", "Pilot 118"),), gun_ms: int = GUN_MS) -> Race:
    return Race("R42", "Coupe", date(2026, 5, 26), gun_ms, "Europe/Paris", tuple(pilots))


class HandClock:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def now_ms(self) -> int:
        return int(self.now_s * 1000)

    def monotonic_s(self) -> float:
        return self.now_s
