"""Queue depths kept for reports: once a minute a site, and at each switch of competition mode."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple
from pathlib import Path
from typing import Any

from racecontrol.domain.depth import Occasion
from racecontrol.domain.priority import LIVE_POINTS, QUEUES
from racecontrol.pipeline.depths import record_depths
from racecontrol.queues.baseline import measure_baseline
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.state.minute import claim_minute
from racecontrol.state.mode import Modes
from racecontrol.store.sqlite import SqliteStore
from tests.builders import make_fixes


def rows(path: Path, query: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


async def test_a_look_has_every_queue_at_one_time(queue: PriorityQueue, tmp_path: Path) -> None:
    """With the mode and why it was taken."""
    await queue.queue_points(LIVE_POINTS, make_fixes())
    await Modes(queue.client).set_mode(True, "MJ")
    with SqliteStore(tmp_path / "rc.db") as store:
        await record_depths(queue, store, Occasion.ON)

        kept = rows(
            store.path, "SELECT queue, ready, points_pending, is_competition, occasion FROM queue_depths"
        )
        assert (LIVE_POINTS, 1, 3, 1, "competition on") in kept
        assert {row[0] for row in kept} == set(QUEUES)
        assert rows(store.path, "SELECT count(DISTINCT sampled_at) FROM queue_depths") == [(1,)]


async def test_the_measured_baseline_is_kept_with_it(queue: PriorityQueue, tmp_path: Path) -> None:
    """Once, however many looks there are: it is known by when it was measured."""
    baseline = await measure_baseline(queue.client)
    assert baseline is not None
    with SqliteStore(tmp_path / "rc.db") as store:
        await record_depths(queue, store)
        await record_depths(queue, store)

        assert rows(store.path, "SELECT * FROM baselines") == [astuple(baseline)]


async def test_one_process_has_the_minute(client: ServerClient) -> None:
    """The first to ask."""
    assert [await claim_minute(client) for _ in range(3)] == [True, False, False]
