"""Fault Q10, the spool's part: the disk is full while the server is away."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.errors import BuffersFull
from racecontrol.pipeline.intake import Intake, open_intake
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from racecontrol.settings import Settings, load_settings
from tests.server.checker import check_queues
from tests.server.pipeline.tools import until
from tests.server.queue_tools import ids, make_item
from tests.server.tools import ValkeyProcess

ROOM_BYTES = 1_000_000


@contextmanager
def files_no_larger_than(most_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond it, which to a writer is a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"data_dir": tmp_path, "operator": "MJ"})


async def fill_up(intake: Intake) -> list[str]:
    """Hand items in until there is no room; the ids of those that were accepted."""
    accepted: list[str] = []
    for number in range(1_000):
        item = make_item(f"item-{number}", payload=bytes(20_000))
        try:
            await intake.accept(LIVE_POINTS, [item])
        except BuffersFull:
            return accepted
        accepted.append(item.item_id)
    raise AssertionError("the disk was never full")


async def test_a_full_disk_under_the_spool_tears_nothing(
    own_server: ValkeyProcess, settings: Settings
) -> None:
    """What was accepted reaches the server, whole and once; with room again more is accepted."""
    async with open_client(own_server.url) as client:
        queue = PriorityQueue(client)
        async with open_intake(queue, settings) as intake:
            own_server.kill()
            with files_no_larger_than(ROOM_BYTES):
                accepted = await fill_up(intake)
            await intake.accept(LIVE_POINTS, [make_item("after")])
            own_server.start()

            async def is_drained() -> bool:
                status = intake.status()
                return (status.breaker, status.spool_items) == (BreakerState.CLOSED, 0)

            await until("the spool is drained", is_drained)

        assert accepted
        assert ids(await queue.lease_batch(LIVE_POINTS, 1000)) == [*accepted, "after"]
        await check_queues(client)
