"""The ledger: every enqueue call and every dequeued batch becomes one row, in the background."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from racecontrol.domain.operation import Method, Operation
from racecontrol.domain.priority import LIVE_POINTS, UPLOAD_POINTS
from racecontrol.errors import StoreUnavailable
from racecontrol.pipeline.ledger import Ledger
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.metrics import PipelineMetrics, published_totals
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.store.sqlite import SqliteStore
from tests.builders import make_fixes
from tests.server.pipeline.tools import until
from tests.server.tools import ValkeyProcess


class FlakyStore(SqliteStore):
    """Takes no operations the first `refusals` times."""

    def __init__(self, path: Path, refusals: int) -> None:
        super().__init__(path)
        self.refusals = refusals

    def record(self, operations: Sequence[Operation]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("its disk is full")
        super().record(operations)


def kinds(operations: Sequence[Operation]) -> list[tuple[str, str, int]]:
    return [(operation.queue, operation.method.value, operation.item_count) for operation in operations]


async def test_every_call_of_either_method_is_a_row(client: ServerClient, tmp_path: Path) -> None:
    """One call, one row, however many items it brought."""
    metrics = PipelineMetrics()
    queue = PriorityQueue(client, metrics)
    with SqliteStore(tmp_path / "rc.db") as store:
        async with Ledger(metrics, store, client):
            await queue.queue_points(LIVE_POINTS, make_fixes())
            await queue.queue_points_batch(UPLOAD_POINTS, [(make_fixes(), 1), (make_fixes(), 1)])

        assert kinds(store.operations()) == [(LIVE_POINTS, "standard", 1), (UPLOAD_POINTS, "pipeline", 2)]


async def test_rows_are_written_while_the_block_runs(client: ServerClient, tmp_path: Path) -> None:
    """Not only at its end: a desk is open all day."""
    metrics = PipelineMetrics()
    with SqliteStore(tmp_path / "rc.db") as store:
        async with Ledger(metrics, store, client):
            await PriorityQueue(client, metrics).queue_points(LIVE_POINTS, make_fixes())

            async def is_written() -> bool:
                return len(store.operations()) == 1

            await until("the row is written", is_written)


async def test_the_sums_of_all_processes_meet_in_the_server(client: ServerClient, tmp_path: Path) -> None:
    """Two ledgers, one total."""
    with SqliteStore(tmp_path / "rc.db") as store:
        for _ in range(2):
            metrics = PipelineMetrics()
            async with Ledger(metrics, store, client):
                await PriorityQueue(client, metrics).queue_points(LIVE_POINTS, make_fixes())

    totals = await published_totals(client)
    assert (totals.operations, totals.points) == (2, 6)


async def test_rows_that_the_store_refused_are_written_later(client: ServerClient, tmp_path: Path) -> None:
    """A full disk for a second loses no row and doubles none."""
    metrics = PipelineMetrics()
    with FlakyStore(tmp_path / "rc.db", refusals=1) as store:
        async with Ledger(metrics, store, client):
            await PriorityQueue(client, metrics).queue_points(LIVE_POINTS, make_fixes())

            async def has_refused() -> bool:
                return store.refusals == 0

            await until("the store refuses once", has_refused)

        assert len(store.operations()) == 1


async def test_rows_lost_for_good_are_told(
    client: ServerClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A ledger that could not be written says how much is missing, and fails nobody."""
    metrics = PipelineMetrics()
    with FlakyStore(tmp_path / "rc.db", refusals=99) as store:
        async with Ledger(metrics, store, client):
            await PriorityQueue(client, metrics).queue_points(LIVE_POINTS, make_fixes())

    assert "operations lost: count=1" in caplog.text


async def test_a_dead_server_does_not_keep_rows_from_the_store(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """The sums wait for the server; the rows do not."""
    metrics = PipelineMetrics()
    with SqliteStore(tmp_path / "rc.db") as store:
        async with open_client(own_server.url) as client, Ledger(metrics, store, client):
            await PriorityQueue(client, metrics).queue_points(LIVE_POINTS, make_fixes())
            own_server.kill()

        assert len(store.operations()) == 1


async def test_a_worker_writes_one_row_a_batch(client: ServerClient, tmp_path: Path) -> None:
    """With the rows that were new, whose races they were, and nothing in the sums of enqueue calls."""
    metrics = PipelineMetrics()
    queue = PriorityQueue(client, metrics)
    with SqliteStore(tmp_path / "rc.db") as store:
        async with Ledger(metrics, store, client):
            await queue.queue_points_batch(LIVE_POINTS, [(make_fixes(), 1), (make_fixes(), 1)])
            await Worker(queue, store).run(until_empty=True)

        enqueued, dequeued = store.operations()
        assert (dequeued.method, dequeued.item_count, dequeued.point_count) == (Method.DEQUEUE, 2, 6)
        assert (dequeued.new_count, dequeued.races, enqueued.races) == (3, ("R42",), ("R42",))
        assert metrics.totals.operations == 1


async def test_a_batch_of_a_tool_is_a_row(client: ServerClient) -> None:
    """Taken and acknowledged in one: nothing is known of a store."""
    queue = PriorityQueue(client)
    await queue.queue_points(LIVE_POINTS, make_fixes())
    await queue.dequeue_batch(LIVE_POINTS, 10)

    _, dequeued = queue.metrics.drain()
    assert (dequeued.method, dequeued.point_count, dequeued.new_count) == (Method.DEQUEUE, 3, None)
