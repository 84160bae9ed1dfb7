"""Measuring what single calls cost, on a real server."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from racecontrol.domain.baseline import Baseline
from racecontrol.queues.baseline import PROBE_QUEUE, known_baseline, measure_baseline
from racecontrol.server import keys
from racecontrol.server.client import ServerClient


@dataclass
class BusyClock:
    """A tenth of a millisecond passes between two looks at it, and 20 ms more before every so many-th."""

    held_up_every: int
    looks: int = 0

    def now_ms(self) -> int:
        return 0

    def monotonic_s(self) -> float:
        self.looks += 1
        return self.looks / 10_000 + self.looks // self.held_up_every / 50


QUIET, OFTEN_BUSY = 1_000, 5
"""A call is some three looks long: of the busy clock's, more than half are held up."""


async def made_older(client: ServerClient, by_ms: int) -> Baseline:
    """What is known, as if it had been measured by so much earlier."""
    measured = await known_baseline(client)
    assert measured is not None
    await client.commands.hset(keys.BASELINE, "measured_at_ms", str(measured.measured_at_ms - by_ms))
    return replace(measured, measured_at_ms=measured.measured_at_ms - by_ms)


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


@pytest.mark.parametrize("held_up_every", [QUIET, OFTEN_BUSY])
async def test_calls_that_were_held_up_are_left_out(client: ServerClient, held_up_every: int) -> None:
    """By a busy disk, say: what others do there is no cost of a call."""
    measured = await measure_baseline(client, BusyClock(held_up_every))

    assert measured is not None
    assert measured.single_calls_ms(1, 1) == pytest.approx(0.3)


@pytest.mark.parametrize(("held_up_every", "stands_ms"), [(QUIET, 3_600_000), (OFTEN_BUSY, 60_000)])
async def test_a_disturbed_measurement_stands_for_a_minute(
    client: ServerClient, held_up_every: int, stands_ms: int
) -> None:
    """One that next to nothing held up stands for an hour."""
    await measure_baseline(client, BusyClock(held_up_every))

    known = await made_older(client, by_ms=stands_ms - 20_000)
    assert await measure_baseline(client) == known
    known = await made_older(client, by_ms=20_000)
    assert await measure_baseline(client) != known
