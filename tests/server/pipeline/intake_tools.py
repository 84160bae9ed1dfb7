"""An intake on a server of the test's choice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from racecontrol.pipeline.intake import Intake, open_intake
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from racecontrol.settings import Settings

PATIENCE_S = 15.0
POLL_S = 0.01


@asynccontextmanager
async def intake_on(url: str, data_dir: Path, **settings: int) -> AsyncIterator[tuple[Intake, PriorityQueue]]:
    """An intake of a process of its own, and the queue it uses."""
    async with open_client(url) as client:
        queue = PriorityQueue(client)
        async with open_intake(queue, Settings.model_validate({"data_dir": data_dir, **settings})) as intake:
            yield intake, queue


async def until(what: str, is_true: Callable[[], bool]) -> None:
    """Wait; the description tells what never came."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not is_true():  # noqa: ASYNC110 - the world outside sets no event
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise AssertionError(f"never happened within {PATIENCE_S:g} s: {what}") from None
