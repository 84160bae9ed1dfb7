"""Flights to queue, and the check that most faults end with: each point in the store once, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS, make_fixes, make_flight

PATIENCE_S = 20.0


def make_flights(count: int, points: int = 20) -> list[Fixes]:
    """Flights of bibs 0, 1, 2, ..., each with its own positions."""
    return [
        make_fixes(
            range(GUN_MS, GUN_MS + points * 1000, 1000),
            flight=make_flight(str(bib)),
            lat_e7=459_000_000 + bib * 10_000,
        )
        for bib in range(count)
    ]


def items_of(flights: Sequence[Fixes], priority: float = 100) -> list[NewItem]:
    """One item a flight, under the flight's id."""
    return [NewItem(fixes.flight.flight_id, priority, len(fixes), encode(fixes)) for fixes in flights]


async def fill(queue: PriorityQueue, flights: Sequence[Fixes], name: str = LIVE_POINTS) -> None:
    """Queue the flights, an item each."""
    await queue.enqueue(name, items_of(flights))


def assert_holds_exactly(database: Path, flights: Sequence[Fixes]) -> None:
    """The store holds these flights' points, each once, and nothing else."""
    with SqliteStore(database) as store:
        stored = store.flights()
        assert sum(flight.points for flight in stored) == sum(map(len, flights)), (
            "points counted twice or lost"
        )
        assert len(stored) == len(flights)
        for fixes in flights:
            assert store.track(fixes.flight.flight_id) == fixes


async def until(what: str, is_true: Callable[[], Awaitable[bool]], patience_s: float = PATIENCE_S) -> None:
    """Wait for something of the server or the store; the description tells what never came."""
    try:
        async with asyncio.timeout(patience_s):
            while not await is_true():  # noqa: ASYNC110  (another process decides)
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"never happened within {patience_s:g} s: {what}") from None
