"""Two ways for a loop to go on beside other work, and to end when it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress


async def nap(seconds: float, until: asyncio.Event) -> None:
    """Sleep, but no longer than until the event is set."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await until.wait()


@asynccontextmanager
async def alongside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """Run `work` while the block runs, and cancel it at its end.

    The block's errors come out as they are, where a TaskGroup would wrap them; those of `work`,
    which is expected to have none, at the end of the block.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
    if not task.cancelled():
        task.result()
