"""What a point costs in the server, with every structure that knows its item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racecontrol.bench.dequeue import fill
from racecontrol.bench.enqueue import BULK_POINTS
from racecontrol.bench.result import Check, Goal, Measured
from racecontrol.bench.rig import Rig
from racecontrol.bench.workload import make_flights, scaled
from racecontrol.domain.fixes import Fixes

_LIVE: Final = Goal("items of 100 points", "bytes a point", 50, 28, is_most=True)
_BULK: Final = Goal(f"items of {BULK_POINTS:,} points", "bytes a point", 11, 7, is_most=True)


async def measure_memory(rig: Rig, scale: float) -> list[Measured]:
    """The server's memory before and after; `scale` of 100,000 points."""
    flights = make_flights(scaled(20, scale), BULK_POINTS)
    small = [chunk for fixes in flights for chunk in fixes.chunks(100)]
    checks = (
        Check(_LIVE, await _bytes_a_point(rig, small)),
        Check(_BULK, await _bytes_a_point(rig, flights)),
    )
    return [Measured("memory in the server", sum(map(len, flights)), len(small), {}, checks)]


async def _bytes_a_point(rig: Rig, flights: Sequence[Fixes]) -> float:
    await rig.clear()
    before = await rig.used_bytes()
    await fill(rig, flights)
    after = await rig.used_bytes()
    await rig.clear()
    return (after - before) / sum(map(len, flights))
