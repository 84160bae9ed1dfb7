"""The queue under test, and its checker after every test that uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from tests.server.checker import check_queues


@pytest.fixture
async def queue(client: ServerClient) -> AsyncIterator[PriorityQueue]:
    """A queue on the run's server; its structures must be whole when the test is over."""
    yield PriorityQueue(client)
    await check_queues(client)
