"""The same calls over a long way: what is left of them is how often one waits."""

from __future__ import annotations

from typing import Final

from racecontrol.bench.enqueue import BULK_POINTS, ITEM_POINTS
from racecontrol.bench.link import Link
from racecontrol.bench.replaced import enqueue_pipelined
from racecontrol.bench.result import OURS, REPLACED_PIPE, Check, Goal, Measured
from racecontrol.bench.rig import QUEUE, Method, Rig, open_rig
from racecontrol.bench.workload import as_items, make_flights, scaled

ROUND_TRIP_S: Final = 0.075
"""What the system replaced had between its web service and its server."""

_SMALL: Final = Goal("100 flights of 100 points", "s", 0.10, 0.083, is_most=True)
_LARGE: Final = Goal("50,000 points", "s", 0.15, 0.090, is_most=True)


async def measure_far(near: Rig, scale: float) -> list[Measured]:
    """100 x 100 and 50,000 points at 75 ms round trip. One awaited call an item would take 7.5 s and 75 s."""
    async with Link(near.url, ROUND_TRIP_S / 2) as link, open_rig(link.url, near.rounds) as rig:
        await rig.client.commands.ping()
        return [
            await _dicts_in(
                rig, "flights of 100 points, dicts in, at 75 ms", scaled(100, scale), 100, _SMALL
            ),
            await _dicts_in(rig, "migration, dicts in, at 75 ms", scaled(1000, scale), ITEM_POINTS, _LARGE),
            await _columns_in(rig, scaled(10, scale)),
        ]


async def _dicts_in(rig: Rig, name: str, flights: int, points: int, goal: Goal) -> Measured:
    items = as_items(make_flights(flights, points), points)
    seconds = await rig.measure(
        {
            REPLACED_PIPE: Method(lambda: enqueue_pipelined(rig.client, rig.replaced_key, items)),
            OURS: Method(lambda: rig.queue.queue_points_batch(QUEUE, items)),
        }
    )
    return Measured(name, flights * points, flights, seconds, (Check(goal, seconds[OURS]),))


async def _columns_in(rig: Rig, count: int) -> Measured:
    columns = [(fixes, 1.0) for fixes in make_flights(count, BULK_POINTS)]
    seconds = await rig.measure({OURS: Method(lambda: rig.queue.queue_points_batch(QUEUE, columns))})
    check = Check(_LARGE, seconds[OURS])
    return Measured("bulk, columns in, at 75 ms", BULK_POINTS * count, count, seconds, (check,))
