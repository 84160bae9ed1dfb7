"""Work in the background of a tick."""

from __future__ import annotations

import asyncio
import logging

import pytest

from racecontrol.control.background import Background
from racecontrol.errors import ServerUnavailable, StoreError


async def test_work_of_one_name_runs_once_at_a_time() -> None:
    """What is asked for while it is under way is not begun again."""
    begun = 0
    gate = asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        await gate.wait()

    async with Background() as background:
        begins = [background.start("one", work), background.start("one", work)]
        gate.set()
        await background.settle()
        begins.append(background.start("one", work))
        await background.settle()

    assert (begins, begun) == ([True, False, True], 2)


@pytest.mark.parametrize("fault", [StoreError("the disk is full"), ZeroDivisionError("a fault")])
async def test_failed_work_is_logged_and_ends_nothing_else(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure of one piece of work is in the log, and the next piece runs."""
    done = asyncio.Event()

    async def fail() -> None:
        raise fault

    async def finish() -> None:
        done.set()

    with caplog.at_level(logging.WARNING):
        async with Background() as background:
            background.start("fails", fail)
            background.start("works", finish)
            await background.settle()

    assert done.is_set()
    assert "work=fails failed" in caplog.text


async def test_a_fault_that_stays_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """Another one is, and the same once it was over in between; a server that is away is no fault."""
    faults = iter([ValueError("a"), ValueError("a"), ValueError("b"), None, ValueError("b")])

    async def fail() -> None:
        if fault := next(faults):
            raise fault

    async def be_away() -> None:
        raise ServerUnavailable("it is away")

    with caplog.at_level(logging.WARNING):
        async with Background() as background:
            for _ in range(5):
                background.start("fails", fail)
                background.start("is away", be_away)
                await background.settle()

    assert [str(record.exc_info and record.exc_info[1]) for record in caplog.records] == ["a", "b", "b"]


async def test_work_ends_with_the_block() -> None:
    """Leaving the block cancels what is under way, and waits for it."""
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with Background() as background:
        background.start("endless", work)
        await asyncio.sleep(0)

    assert ended.is_set()
