"""Out of the queue: leased, decoded and acknowledged, against popped and parsed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from racecontrol.bench.enqueue import BULK_POINTS
from racecontrol.bench.replaced import dequeue, enqueue_pipelined
from racecontrol.bench.result import REPLACED_DEQUEUE, Goal, Measured, times_faster
from racecontrol.bench.rig import QUEUE, Method, Rig
from racecontrol.bench.workload import as_items, make_flights, scaled
from racecontrol.domain.fixes import Fixes
from racecontrol.queues.codec import decode_each

ROWS: Final = "racecontrol, items of 100 points"
COLUMNS: Final = f"racecontrol, items of {BULK_POINTS:,} points"

_LEASE_ITEMS: Final = 500
"""What a worker leases at once; the replaced method pops as many."""

_GOALS: Final = {
    ROWS: Goal("items of 100 points, times the replaced dequeue", "x", 5, 6),
    COLUMNS: Goal("bulk items, times the replaced dequeue", "x", 5, 20),
}


async def measure_dequeue(rig: Rig, scale: float) -> list[Measured]:
    """Taking the same points out in both forms; `scale` of 50,000 points."""
    flights = make_flights(scaled(10, scale), BULK_POINTS)
    small = [chunk for fixes in flights for chunk in fixes.chunks(100)]
    items = as_items(flights, 100)

    async def fill_replaced() -> None:
        await enqueue_pipelined(rig.client, rig.replaced_key, items)

    seconds = await rig.measure(
        {
            REPLACED_DEQUEUE: Method(
                lambda: dequeue(rig.client, rig.replaced_key, len(items), _LEASE_ITEMS), fill_replaced
            ),
            ROWS: Method(lambda: take_all(rig), lambda: fill(rig, small)),
            COLUMNS: Method(lambda: take_all(rig), lambda: fill(rig, flights)),
        }
    )
    checks = tuple(times_faster(goal, seconds, REPLACED_DEQUEUE, method) for method, goal in _GOALS.items())
    notes = (f"{REPLACED_DEQUEUE} acknowledges nothing; all take up to {_LEASE_ITEMS} items a call",)
    points = sum(map(len, flights))
    return [Measured("lease, decode, acknowledge", points, len(items), seconds, checks, notes)]


async def fill(rig: Rig, flights: Sequence[Fixes]) -> None:
    """Queue the flights, an item each."""
    await rig.queue.queue_points_batch(QUEUE, [(fixes, 1.0) for fixes in flights])


async def take_all(rig: Rig) -> int:
    """Lease, decode and acknowledge, as a worker does, until nothing is left; gives the number of points."""
    points = 0
    batch = await rig.queue.lease_batch(QUEUE, _LEASE_ITEMS)
    while batch.items:
        decoded = decode_each([item.payload for item in batch.items])
        points += sum(len(fixes) for fixes in decoded if isinstance(fixes, Fixes))
        batch = await rig.queue.ack_and_lease(QUEUE, batch.items, _LEASE_ITEMS)
    return points
