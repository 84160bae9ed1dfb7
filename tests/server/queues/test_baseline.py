"""Measuring what single calls cost, on a real server."""

from __future__ import annotations

from racecontrol.queues.baseline import PROBE_QUEUE, known_baseline, measure_baseline
from racecontrol.server import keys
from racecontrol.server.client import ServerClient


async def test_all_processes_know_what_one_measured(client: ServerClient) -> None:
    """It is told with its time, and not measured again within the hour."""
    measured = await measure_baseline(client)

    assert measured is not None
    assert measured.ms_per_call > 0
    assert await known_baseline(client) == measured
    assert await measure_baseline(client) == measured


async def test_nothing_stays_of_the_probes(client: ServerClient) -> None:
    """Neither items nor counters of their queue, nor the lock."""
    await measure_baseline(client)

    names = await client.commands.keys("*")
    assert [name for name in names if PROBE_QUEUE.encode() in name] == []
    assert keys.BASELINE_LOCK.encode() not in names


async def test_a_cost_without_that_of_a_point_is_not_measured(client: ServerClient) -> None:
    """What a version told that knew one size of calls does not stand for all sizes: it is measured anew."""
    (seconds, _) = await client.commands.time()
    await client.commands.hset(keys.BASELINE, items=["ms_per_item", 0.5, "measured_at_ms", seconds * 1000])

    assert await known_baseline(client) is None
    assert await measure_baseline(client) is not None
