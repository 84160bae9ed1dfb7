"""The adaptive batcher: what goes together, when it goes, and who hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racecontrol.domain.priority import QUEUES, lane_of
from racecontrol.errors import BadItem, BuffersFull
from racecontrol.queues.batch_limits import BatchLimits, Demand
from racecontrol.queues.batcher import AdaptiveBatcher
from racecontrol.queues.model import NewItem
from racecontrol.queues.verdict import Verdict

LIVE, UPLOADS = "live_points", "upload_points"
QUICK = BatchLimits(wait_s=0.001)
PATIENT = BatchLimits(wait_s=60)
"""Where nothing but size, or the end, may set a batch off."""


def make_item(item_id: str, priority: float = 100, size: int = 10) -> NewItem:
    return NewItem(item_id, priority, 1, bytes(size))


@dataclass
class Server:
    """Takes batches. refused: ids that it does not take. held: while set, it takes its time."""

    batches: list[tuple[str, list[NewItem]]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    pending: int = 0
    is_competition: bool = False

    async def deliver(self, queue: str, items: Sequence[NewItem]) -> Sequence[Verdict]:
        self.batches.append((queue, list(items)))
        self.has_begun.set()
        await self.is_open.wait()
        return [self._verdict(item) for item in items]

    def _verdict(self, item: NewItem) -> Verdict:
        if item.item_id in self.refused:
            return Verdict(error=BadItem(item.item_id))
        return Verdict(is_duplicate=item.item_id in self.known)

    @property
    def sizes(self) -> list[int]:
        return [len(items) for _, items in self.batches]


@asynccontextmanager
async def batching(
    server: Server, limits: BatchLimits = QUICK, *, is_open: bool = True
) -> AsyncIterator[AdaptiveBatcher]:
    if is_open:
        server.is_open.set()
    demand = Demand(lambda _: server.pending, lambda: server.is_competition)
    async with AdaptiveBatcher(server.deliver, demand, limits) as batcher:
        yield batcher
        server.is_open.set()


def calls_of(batcher: AdaptiveBatcher, count: int, queue: str = LIVE) -> list[asyncio.Task[list[Verdict]]]:
    """As many callers, of one item each."""
    return [asyncio.create_task(batcher.add(queue, [make_item(f"{n}")])) for n in range(count)]


async def turns() -> None:
    """Let all tasks go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_the_last_item_of_a_burst_goes_though_nothing_follows() -> None:
    """Eleven come; the ten go by size, the eleventh by the timer."""
    server = Server()
    async with batching(server) as batcher:
        verdicts = await asyncio.gather(*calls_of(batcher, 11))

    assert sum(server.sizes) == 11
    assert verdicts == [[Verdict()]] * 11


async def test_ten_items_go_at_once() -> None:
    """No timer is waited for."""
    server = Server()
    async with batching(server, PATIENT) as batcher:
        await asyncio.gather(*calls_of(batcher, 10))

        assert server.sizes == [10]


async def test_a_busy_queue_has_larger_batches() -> None:
    """With more than 1,000 items pending a batch goes at 50."""
    server = Server(pending=1_001)
    async with batching(server, PATIENT) as batcher:
        calls = calls_of(batcher, 49)
        await turns()
        before = server.sizes
        await asyncio.gather(*calls, batcher.add(LIVE, [make_item("last")]))

        assert (before, server.sizes) == ([], [50])


async def test_bytes_set_a_batch_off() -> None:
    """A few large items do not wait for company, and a batch holds no more than the limit."""
    server = Server()
    async with batching(server, PATIENT) as batcher:
        big = [make_item(f"{n}", size=100_000) for n in range(3)]
        task = asyncio.create_task(batcher.add(LIVE, big))
        await turns()

        assert server.sizes == [2]
    await task
    assert server.sizes == [2, 1]


async def test_competition_mode_has_a_shorter_timer() -> None:
    """The mode's timer counts as it is when the item waits."""
    server = Server(is_competition=True)
    async with batching(server, BatchLimits(wait_s=60, busy_wait_s=0.001)) as batcher:
        await batcher.add(LIVE, [make_item("a")])

    assert server.sizes == [1]


async def test_what_waits_goes_at_the_end() -> None:
    """Shutdown waits for no timer, and everybody has an answer; who comes later is refused."""
    server = Server()
    async with batching(server, PATIENT) as batcher:
        calls = calls_of(batcher, 3)
        await turns()

    assert await asyncio.gather(*calls) == [[Verdict()]] * 3
    with pytest.raises(BuffersFull):
        await batcher.add(LIVE, [make_item("late")])


async def test_each_caller_hears_of_its_own_items() -> None:
    """One item is refused and one was known; their neighbours in the batch are accepted."""
    server = Server(refused={"1"}, known={"2"})
    async with batching(server) as batcher:
        verdicts = [one for (one,) in await asyncio.gather(*calls_of(batcher, 4))]

    assert [verdict.error is not None for verdict in verdicts] == [False, True, False, False]
    assert [verdict.is_duplicate for verdict in verdicts] == [False, False, True, False]


async def test_a_caller_that_leaves_takes_nobody_along() -> None:
    """Its neighbours are answered."""
    server = Server()
    async with batching(server, is_open=False) as batcher:
        calls = calls_of(batcher, 10)
        await turns()
        calls[0].cancel()
        await turns()
        server.is_open.set()

        assert await asyncio.gather(*calls[1:]) == [[Verdict()]] * 9


async def test_too_much_waiting_is_refused_whole() -> None:
    """Memory is bounded: none of the call's items is taken, and there is room again afterwards."""
    server = Server()
    async with batching(server, BatchLimits(wait_s=0.001, buffer_items=5), is_open=False) as batcher:
        calls = calls_of(batcher, 4)
        await turns()
        with pytest.raises(BuffersFull):
            await batcher.add(LIVE, [make_item("x"), make_item("y")])
        server.is_open.set()
        await asyncio.gather(*calls)

        assert batcher.pending_items == 0
        assert await batcher.add(LIVE, [make_item("x")]) == [Verdict()]


async def test_bulk_does_not_stand_before_live() -> None:
    """While a batch of one lane is under way, another lane's goes."""
    server = Server()
    async with batching(server, is_open=False) as batcher:
        bulk = asyncio.create_task(batcher.add(LIVE, [make_item("bulk", priority=1)]))
        await server.has_begun.wait()
        live = [asyncio.create_task(batcher.add(LIVE, [make_item(f"{n}")])) for n in range(10)]
        await turns()

        assert server.sizes == [1, 10]
        server.is_open.set()
        await asyncio.gather(bulk, *live)


Drawn = tuple[str, float]
CALLS = st.lists(
    st.lists(st.tuples(st.sampled_from(QUEUES), st.sampled_from([1.0, 2.0, 100.0, 2000.0])), max_size=8),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CALLS)
def test_queues_never_mix_and_order_is_kept(drawn: list[list[Drawn]]) -> None:
    """Whatever many callers add: a batch is of one queue and lane, order within them holds, none is lost."""
    server = Server()
    given_items: list[tuple[str, NewItem]] = []

    async def run() -> None:
        limits = BatchLimits(items=3, busy_items=5, wait_s=0.0005)
        async with batching(server, limits) as batcher, asyncio.TaskGroup() as group:
            for caller, items in enumerate(drawn):
                for queue in QUEUES:
                    own = [
                        make_item(f"{caller}-{place}", priority)
                        for place, (its, priority) in enumerate(items)
                        if its == queue
                    ]
                    given_items.extend((queue, item) for item in own)
                    group.create_task(batcher.add(queue, own))

    asyncio.run(run())

    sent = [(queue, item) for queue, items in server.batches for item in items]
    assert all(len({lane_of(item.priority) for item in items}) == 1 for _, items in server.batches)
    for line in {(queue, lane_of(item.priority)) for queue, item in given_items}:
        assert _of_line(sent, line) == _of_line(given_items, line)
    assert len(sent) == len(given_items)


def _of_line(items: Sequence[tuple[str, NewItem]], line: object) -> list[str]:
    return [item.item_id for queue, item in items if (queue, lane_of(item.priority)) == line]


async def test_who_does_not_wait_is_told() -> None:
    """Once, with what became of each of its items, in order."""
    server, told = Server(refused={"b"}), asyncio.Queue[list[Verdict]]()
    async with batching(server) as batcher:
        batcher.put(LIVE, [make_item("a"), make_item("b"), make_item("c", priority=1)], told.put_nowait)
        verdicts = await told.get()

    assert [verdict.error is None for verdict in verdicts] == [True, False, True]
    assert told.empty()


async def test_who_finds_no_room_is_not_told() -> None:
    """It hears of it at once."""
    told: list[list[Verdict]] = []
    async with batching(Server(), BatchLimits(wait_s=60, buffer_items=1)) as batcher:
        batcher.put(LIVE, [make_item("a")], lambda _: None)
        with pytest.raises(BuffersFull):
            batcher.put(LIVE, [make_item("b")], told.append)

    assert told == []
