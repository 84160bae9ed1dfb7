"""What a single call costs here: measured, never assumed, so that a speed-up can be told against it."""

from __future__ import annotations

import statistics
from dataclasses import astuple
from typing import Final

import numpy as np

from racecontrol.domain.baseline import Baseline
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated

PROBE_QUEUE: Final = "probe_points"
"""No worker serves it and no screen lists it."""

PROBE_CALLS: Final = 50
PROBE_POINTS: Final = 100
"""A packet of a mobile tracker, the largest item that used to be sent alone."""

VALID_MS: Final = 3_600_000
_LOCK_MS: Final = 30_000


async def measure_baseline(client: ServerClient, clock: Clock = SYSTEM_CLOCK) -> float | None:
    """Time 50 single calls and tell all processes the median, in ms an item.

    To be called at start-up and now and then: what was measured within the hour is given without
    measuring again. None while another process measures. The calls are no operations of the metrics.

    Raises: ServerUnavailable. Cost: 2 round trips, or 60.
    """
    with translated(client):
        known, now = await client.commands.hgetall(keys.BASELINE), await client.commands.time()
        now_ms = now[0] * 1000 + now[1] // 1000
        if known and now_ms - int(known[b"measured_at_ms"]) < VALID_MS:
            return float(known[b"ms_per_item"])
        if not await client.commands.set(keys.BASELINE_LOCK, 1, nx=True, px=_LOCK_MS):
            return None
    try:
        ms_per_item = await _time_single_calls(client, clock)
        with translated(client):
            told: list[str | int | float] = ["ms_per_item", ms_per_item, "measured_at_ms", now_ms]
            await client.commands.hset(keys.BASELINE, items=told)
    finally:
        with translated(client):
            await client.commands.delete(keys.BASELINE_LOCK)
    return ms_per_item


async def known_baseline(client: ServerClient) -> Baseline | None:
    """What was measured last, however long ago. Raises: ServerUnavailable. Cost: one round trip."""
    with translated(client):
        known = await client.commands.hgetall(keys.BASELINE)
    return Baseline(int(known[b"measured_at_ms"]), float(known[b"ms_per_item"]), 0.0) if known else None


async def _time_single_calls(client: ServerClient, clock: Clock) -> float:
    probe = PriorityQueue(client, clock=clock, queues=(PROBE_QUEUE,))
    fixes = _packet()
    try:
        taken_s = []
        for _ in range(PROBE_CALLS):
            began_s = clock.monotonic_s()
            await probe.queue_points(PROBE_QUEUE, fixes)
            taken_s.append(clock.monotonic_s() - began_s)
    finally:
        with translated(client):
            await client.commands.unlink(*astuple(keys.queue_keys(PROBE_QUEUE)))
    return statistics.median(taken_s) * 1000


def _packet() -> Fixes:
    """One point a second, creeping north-east."""
    steps = np.arange(PROBE_POINTS, dtype=np.int32)
    return Fixes(
        Flight("probe", source="probe"),
        steps.astype(np.int64) * 1000,
        459_000_000 + steps * 700,
        62_000_000 + steps * 900,
        1500 + steps % 7,
    )
