"""What single calls cost here: measured, never assumed, so that a speed-up can be told against them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import asdict, astuple
from itertools import chain
from typing import Any, Final

import numpy as np

from racecontrol.domain.baseline import Baseline, undisturbed
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Plain

PROBE_QUEUE: Final = "probe_points"
"""No worker serves it and no screen lists it."""

PROBE_CALLS: Final = 50
PROBE_POINTS: Final = (1, 3400)
"""Points of every other call: a live tracker's item, and a pilot's at the start, in the median. Packing
begins at 256 points and costs as much as the next 2,000: a line through fewer is too steep beyond."""

_CALM_SHARE: Final = 0.75
"""Of the calls; where more were held up the measurement was disturbed."""

_IGC_STEP_E7: Final = 167
"""0.001 of a minute in 1e-7 degree. Finer steps double the bytes of a point, and with them its cost."""

VALID_MS: Final = 3_600_000
DISTURBED_VALID_MS: Final = 60_000
_LOCK_MS: Final = 30_000

BASELINE_READ: Final[Plain] = ("HGETALL", keys.BASELINE)
"""The command of a batch whose answer `baseline_of` reads."""


async def measure_baseline(client: ServerClient, clock: Clock = SYSTEM_CLOCK) -> Baseline | None:
    """Time 50 single calls and tell all processes what a call and a point cost, by the medians.

    Calls that were held up are left out. To be called at start-up and now and then: what was measured
    within the hour is given without measuring again, within the minute where many calls were held up.
    None while another process measures. The calls are no operations of the metrics.

    Raises: ServerUnavailable. Cost: 2 round trips, or 60.
    """
    with translated(client):
        fields: Mapping[Any, Any] = await client.commands.hgetall(keys.BASELINE)
        known = baseline_of(fields)
        now = await client.commands.time()
        now_ms = now[0] * 1000 + now[1] // 1000
        if known is not None and now_ms - known.measured_at_ms < int(fields.get(b"valid_ms", VALID_MS)):
            return known
        if not await client.commands.set(keys.BASELINE_LOCK, 1, nx=True, px=_LOCK_MS):
            return None
    try:
        taken_ms = await _time_single_calls(client, clock)
        calm_ms = [undisturbed(of_size_ms) for of_size_ms in taken_ms]
        few, many = zip(PROBE_POINTS, map(statistics.median, calm_ms), strict=True)
        baseline = Baseline.through(now_ms, few, many)
        is_calm = sum(map(len, calm_ms)) >= _CALM_SHARE * PROBE_CALLS
        told = asdict(baseline) | {"valid_ms": VALID_MS if is_calm else DISTURBED_VALID_MS}
        with translated(client):
            await client.commands.hset(keys.BASELINE, items=list(chain.from_iterable(told.items())))
    finally:
        with translated(client):
            await client.commands.delete(keys.BASELINE_LOCK)
    return baseline


async def known_baseline(client: ServerClient) -> Baseline | None:
    """What was measured last, however long ago. Raises: ServerUnavailable. Cost: one round trip."""
    with translated(client):
        return baseline_of(await client.commands.hgetall(keys.BASELINE))


def baseline_of(fields: Mapping[Any, Any]) -> Baseline | None:
    """The baseline from the fields of the server's hash; None where a point's cost was not measured."""
    if b"ms_per_point" not in fields:
        return None
    return Baseline(
        int(fields[b"measured_at_ms"]), float(fields[b"ms_per_call"]), float(fields[b"ms_per_point"])
    )


async def _time_single_calls(client: ServerClient, clock: Clock) -> list[list[float]]:
    """The ms of each call, by PROBE_POINTS; the sizes take turns, so that noise hits all alike."""
    probe = PriorityQueue(client, clock=clock, queues=(PROBE_QUEUE,))
    packets = [_packet(points) for points in PROBE_POINTS]
    taken_ms: list[list[float]] = [[] for _ in packets]
    try:
        for _ in range(PROBE_CALLS // len(packets)):
            for fixes, some in zip(packets, taken_ms, strict=True):
                began_s = clock.monotonic_s()
                await probe.queue_points(PROBE_QUEUE, fixes)
                some.append((clock.monotonic_s() - began_s) * 1000)
    finally:
        with translated(client):
            await client.commands.unlink(*astuple(keys.queue_keys(PROBE_QUEUE)))
    return taken_ms


def _packet(points: int) -> Fixes:
    """One point a second of a pilot who circles and drifts, with noise: it packs as a real track does."""
    steps = np.arange(points, dtype=np.int64)
    noise = steps * steps * 7919 % 65_521 // 20_000
    north, east = 22 * np.sin(steps / 4) + steps // 4 + noise, 31 * np.cos(steps / 4) - noise
    return Fixes(
        Flight("probe", source="probe"),
        steps * 1000,
        459_000_000 + _IGC_STEP_E7 * north.astype(np.int32),
        62_000_000 + _IGC_STEP_E7 * east.astype(np.int32),
        (1500 + steps + noise).astype(np.int32),
        (1480 + steps + noise).astype(np.int32),
    )
