"""Into the queue: the method replaced, ours, and the ceiling, with the same points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from racecontrol.bench.replaced import enqueue_pipelined, enqueue_singly
from racecontrol.bench.result import (
    CEILING,
    OURS,
    REPLACED,
    REPLACED_PIPE,
    Check,
    Goal,
    Measured,
    percent_of,
    times_faster,
)
from racecontrol.bench.rig import QUEUE, Method, Rig
from racecontrol.bench.workload import as_items, as_points, make_flights, scaled
from racecontrol.queues.codec import encode

ITEM_POINTS: Final = 50
"""Points of an item where many are migrated: a minute of a tracker."""

BULK_POINTS: Final = 5_000
"""Points of an item in bulk: the most that the queue puts into one."""

BATCHES: Final = "replaced, bulk items"
FIXES: Final = "racecontrol, Fixes in"
COALESCED: Final = "racecontrol, coalesced"

_OBJECTS: Final = Goal("Fixes, times the replaced single calls", "x", 20, 28)
_OBJECTS_PIPE: Final = Goal("Fixes, times its pipelined form", "x", 12, 16)
_OBJECTS_CEILING: Final = Goal("Fixes, of the ceiling", "%", 50, 65)
_BULK: Final = Goal("times the replaced single calls", "x", 80, 140)
_BULK_BYTES: Final = Goal("payload", "bytes a point", 10.5, 6.6, is_most=True)
_SINGLE: Final = Goal("one by one, times the replaced single calls", "x", 20)
_COALESCED: Final = Goal("coalesced, times the replaced single calls", "x", 150, 500)


async def measure_enqueue(rig: Rig, scale: float) -> list[Measured]:
    """Every scenario of putting points in; `scale` of their numbers of items."""
    return [
        await many_flights(rig, scaled(100, scale)),
        await one_upload(rig),
        await migration(rig, scaled(1000, scale)),
        await bulk(rig, scaled(10, scale)),
        await singles(rig, scaled(1000, scale)),
    ]


async def many_flights(rig: Rig, flights: int) -> Measured:
    """The replaced system's own example."""
    items = as_items(make_flights(flights, 100), 100)
    seconds = await _dicts_in(rig, items)
    return Measured("flights of 100 points, dicts in", 100 * flights, flights, seconds)


async def one_upload(rig: Rig) -> Measured:
    """A track that comes as one body."""
    seconds = await _dicts_in(rig, as_items(make_flights(1, 1000), 1000))
    return Measured("one upload of 1,000 points, dicts in", 1000, 1, seconds)


async def migration(rig: Rig, count: int) -> Measured:
    """Many small items from elsewhere: as the objects that our own readers make of a source, and as dicts.

    The bars are for objects; why not for dicts: docs/performance.md, "Dicts".
    """
    flights = make_flights(count, ITEM_POINTS)
    fixes = [(flight, 1.0) for flight in flights]
    methods = await _dict_methods(rig, as_items(flights, ITEM_POINTS))
    methods[FIXES] = Method(lambda: rig.queue.queue_points_batch(QUEUE, fixes))
    seconds = await rig.measure(methods)
    checks = (
        times_faster(_OBJECTS, seconds, REPLACED, FIXES),
        times_faster(_OBJECTS_PIPE, seconds, REPLACED_PIPE, FIXES),
        percent_of(_OBJECTS_CEILING, seconds, CEILING, FIXES),
    )
    notes = (
        f"{OURS}, dicts in: {seconds[REPLACED_PIPE] / seconds[OURS]:.1f} x the pipelined form, "
        f"{100 * seconds[CEILING] / seconds[OURS]:.0f} % of the ceiling",
    )
    return Measured("migration, dicts and Fixes in", count * ITEM_POINTS, count, seconds, checks, notes)


async def bulk(rig: Rig, count: int) -> Measured:
    """The same points as columns, in bulk items, against the replaced method's small and bulk ones."""
    flights = make_flights(count, BULK_POINTS)
    small, large = as_items(flights, ITEM_POINTS), as_items(flights, BULK_POINTS)
    columns = [(fixes, 1.0) for fixes in flights]
    seconds = await rig.measure(
        {
            REPLACED: Method(lambda: enqueue_singly(rig.client, rig.replaced_key, small)),
            BATCHES: Method(lambda: enqueue_pipelined(rig.client, rig.replaced_key, large)),
            OURS: Method(lambda: rig.queue.queue_points_batch(QUEUE, columns)),
            CEILING: await rig.ceiling(lambda queue: queue.queue_points_batch(QUEUE, columns)),
        }
    )
    points = count * BULK_POINTS
    payload_bytes = sum(len(encode(fixes)) for fixes in flights)
    checks = (times_faster(_BULK, seconds, REPLACED), Check(_BULK_BYTES, payload_bytes / points))
    notes = (f"{REPLACED}: items of {ITEM_POINTS} points, {len(small)} of them",)
    return Measured("bulk, columns in", points, count, seconds, checks, notes)


async def singles(rig: Rig, count: int) -> Measured:
    """One point an item, as live trackers send them, and all of them in one item."""
    flights = make_flights(1, count)
    items = as_items(flights, 1)
    points, flight_id = as_points(flights[0]), flights[0].flight.flight_id
    methods = {
        **await _dict_methods(rig, items),
        COALESCED: Method(lambda: rig.queue.queue_points(QUEUE, points, 1.0, flight_id=flight_id)),
    }
    seconds = await rig.measure(methods)
    checks = (
        times_faster(_SINGLE, seconds, REPLACED),
        times_faster(_COALESCED, seconds, REPLACED, COALESCED),
    )
    notes = (f"{COALESCED}: all points in one item",)
    return Measured("single live points, dicts in", count, count, seconds, checks, notes)


async def _dicts_in(rig: Rig, items: Sequence[tuple[dict[str, Any], float]]) -> dict[str, float]:
    return await rig.measure(await _dict_methods(rig, items))


async def _dict_methods(rig: Rig, items: Sequence[tuple[dict[str, Any], float]]) -> dict[str, Method]:
    return {
        REPLACED: Method(lambda: enqueue_singly(rig.client, rig.replaced_key, items)),
        REPLACED_PIPE: Method(lambda: enqueue_pipelined(rig.client, rig.replaced_key, items)),
        OURS: Method(lambda: rig.queue.queue_points_batch(QUEUE, items)),
        CEILING: await rig.ceiling(lambda queue: queue.queue_points_batch(QUEUE, items)),
    }
