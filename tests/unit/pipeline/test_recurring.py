"""Turns beside a block: their faults are logged once and outlived, and the last one may be as it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from racecontrol.errors import ServerUnavailable
from racecontrol.pipeline.recurring import Recurring


class Turns(Recurring):
    """Meets what `faults` say, in order, then nothing; `reached` waits for a number of turns."""

    def __init__(self, *faults: Exception | None, every_s: float = 0.0, has_last_turn: bool = False) -> None:
        super().__init__(every_s, has_last_turn=has_last_turn)
        self.faults = list(faults)
        self.taken = 0
        self._waiting: list[tuple[Callable[[], bool], asyncio.Event]] = []

    async def _turn(self) -> None:
        self.taken += 1
        for is_reached, event in self._waiting:
            if is_reached():
                event.set()
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault

    async def reached(self, taken: int) -> None:
        event = asyncio.Event()
        self._waiting.append((lambda: self.taken >= taken, event))
        await event.wait()


async def test_a_fault_is_outlived_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """It comes at every turn; the log has it once, with where it comes from."""
    async with Turns(*[ValueError("odd")] * 5) as turns:
        await turns.reached(5)

    assert [record.getMessage() for record in caplog.records if record.exc_info] == [
        "Turns: failed, and goes on"
    ]


async def test_another_fault_and_its_end_are_told(caplog: pytest.LogCaptureFixture) -> None:
    """Each once."""
    async with Turns(ValueError("odd"), ValueError("odd"), KeyError("k"), None) as turns:
        await turns.reached(5)

    assert caplog.messages == ["Turns: failed, and goes on"] * 2 + ["Turns: works again"]


async def test_a_server_that_is_away_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    """The breaker tells of it, once for all."""
    async with Turns(*[ServerUnavailable("away")] * 3) as turns:
        await turns.reached(4)

    assert caplog.messages == []


@pytest.mark.parametrize(("has_last_turn", "taken"), [(True, 1), (False, 0)])
async def test_the_last_turn_is_taken_as_the_block_ends(has_last_turn: bool, taken: int) -> None:
    """Where it is wanted, however long the period is."""
    async with Turns(every_s=3600, has_last_turn=has_last_turn) as turns:
        pass

    assert turns.taken == taken


async def test_the_end_waits_for_a_turn_under_way() -> None:
    """Nothing is cut off half written."""
    begun, may_end = asyncio.Event(), asyncio.Event()

    class Slow(Recurring):
        is_done = False

        async def _turn(self) -> None:
            begun.set()
            await may_end.wait()
            self.is_done = True

    slow = Slow(3600, first_s=0)
    async with slow:
        await begun.wait()
        asyncio.get_running_loop().call_soon(may_end.set)

    assert slow.is_done
