"""The migration bench measures both methods with the same points, from files that hold the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.bench.migrate import REPLACED, REPLACED_POINTS, STORED
from racecontrol.bench.migrate_sources import items_of_table, write_sources
from racecontrol.bench.run import Plan, run_bench
from racecontrol.bench.workload import as_points, make_flights
from racecontrol.errors import ConfigError


async def test_migration_bench_measures_every_source() -> None:
    """CSV, Parquet and a store into the queue, and the whole command with a worker."""
    _, (queued, stored) = await run_bench(Plan("migrate", rounds=1, scale=0.01))

    assert (queued.points, queued.items, stored.points) == (500, 10, 500)
    assert {REPLACED, REPLACED_POINTS} < set(queued.seconds)
    assert [len(queued.seconds), len(queued.checks), set(stored.seconds)] == [5, 2, {STORED}]


async def test_migration_bench_leaves_other_servers_alone() -> None:
    """It empties the queues between its rounds."""
    with pytest.raises(ConfigError, match="emptied"):
        await run_bench(Plan("migrate", redis_url="redis://localhost:6379"))


def test_replaced_method_takes_the_points_of_the_table(tmp_path: Path) -> None:
    """Every row once, in items of one flight."""
    flights = make_flights(2, 70)
    sources = write_sources(tmp_path, flights, 7)
    items = items_of_table(sources.table, 50)

    assert [len(item["points"]) for item, _ in items] == [50, 20, 50, 20]
    assert [point for item, _ in items for point in item["points"]] == [
        point for fixes in flights for point in as_points(fixes)
    ]
    assert len(items_of_table(sources.table_of_few, 1)) == 20
