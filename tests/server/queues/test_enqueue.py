"""Putting items in: once each, in order, or not at all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from redis import Redis

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.errors import BadItem
from racecontrol.queues.entries import Given
from racecontrol.queues.limits import ITEM_POINTS, MAX_CALL_BYTES
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.server.keys import queue_keys
from tests.builders import GUN_MS, make_fixes
from tests.server.queue_tools import LIVE, ids, lease_one, let_time_pass, make_item, make_items
from tests.server.tools import ValkeyProcess, wait_for

POINT = {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:44:58Z"}


async def test_items_of_one_priority_are_served_in_the_order_given(queue: PriorityQueue) -> None:
    """First in, first out holds across the calls that one enqueue is cut into."""
    await queue.enqueue(LIVE, make_items(250))

    served = [item_id for _ in range(3) for item_id in ids(await queue.lease_batch(LIVE, 100))]

    assert served == [f"i{number}" for number in range(250)]


async def test_the_race_start_is_served_before_what_waits(queue: PriorityQueue) -> None:
    """Items at 1000 go before those that wait at 1, and both first in, first out."""
    await queue.enqueue(LIVE, make_items(2, 1, prefix="old"))
    await queue.enqueue(LIVE, make_items(2, 1000, prefix="start"))

    assert ids(await queue.lease_batch(LIVE, 10)) == ["start0", "start1", "old0", "old1"]


async def test_any_finite_number_is_a_priority(queue: PriorityQueue) -> None:
    """Order is exact for fractions, for negative times and at the ends of what a double holds."""
    priorities = [0.1, -1_779_795_900.125, 1.7e308, -1.7e308, 0, 2**53, 2**53 - 1, np.float64(0.2)]
    await queue.enqueue(LIVE, [make_item(str(n), priority) for n, priority in enumerate(priorities)])

    leased = await queue.lease_batch(LIVE, 100)

    assert [item.priority for item in leased.items] == sorted(map(float, priorities), reverse=True)


async def test_an_id_that_is_held_is_added_once(queue: PriorityQueue) -> None:
    """A repeat is told as a duplicate, within one call as across calls; the first payload stands."""
    first = await queue.enqueue(LIVE, [make_item("a", payload=b"one"), make_item("a", payload=b"two")])
    second = await queue.enqueue(LIVE, [make_item("a"), make_item("b")])

    assert (first.added, first.duplicates, second.added, second.duplicates) == (1, 1, 1, 1)
    assert (await lease_one(queue)).payload == b"one"


async def test_a_repeat_after_the_ack_adds_nothing(queue: PriorityQueue) -> None:
    """An id stays known for 10 minutes after its ack."""
    await queue.enqueue(LIVE, [make_item()])
    await queue.ack(LIVE, [await lease_one(queue)])

    assert (await queue.enqueue(LIVE, [make_item()])).added == 0


async def test_an_id_is_forgotten_when_its_window_is_over(client: ServerClient, queue: PriorityQueue) -> None:
    """The window is told by the clock, not by whether an ack has trimmed it."""
    await queue.enqueue(LIVE, [make_item()])
    await queue.ack(LIVE, [await lease_one(queue)])
    await let_time_pass(client, 600_001)

    assert (await queue.enqueue(LIVE, [make_item()])).added == 1


async def test_byte_identical_payloads_both_arrive(queue: PriorityQueue) -> None:
    """Two posts of the same points are two items."""
    for _ in range(2):
        await queue.queue_points(LIVE, [POINT], flight_id="F")

    assert len(await queue.dequeue_batch(LIVE, 10)) == 2


async def test_a_named_repeat_of_points_adds_nothing(queue: PriorityQueue) -> None:
    """With the caller's own item_id, however many items it is cut into, a repeat is no second copy."""
    fixes = make_fixes(range(GUN_MS, GUN_MS + 12_000, 2))
    for _ in range(2):
        assert await queue.queue_points(LIVE, fixes, item_id="post-1") == 6_000

    stats = await queue.stats(LIVE)
    assert (stats.enqueued_items, stats.duplicate_items, stats.points_in) == (2, 2, 6_000)


async def test_many_points_are_cut_in_order(queue: PriorityQueue) -> None:
    """An item holds at most 5,000 points; the pieces come out one after the other."""
    fixes = make_fixes(range(GUN_MS, GUN_MS + 12_001))

    await queue.queue_points_batch(LIVE, [(fixes, 1)])

    pieces = await queue.dequeue_batch(LIVE, 10)
    assert [len(piece) for piece in pieces] == [ITEM_POINTS, ITEM_POINTS, 2_001]
    assert np.concatenate([piece.time_ms for piece in pieces]).tolist() == fixes.time_ms.tolist()


async def test_the_largest_item_fits_and_one_byte_more_does_not(queue: PriorityQueue) -> None:
    """An item of 512 KB is taken, alone in its call; a larger one is refused with what it measures."""
    largest = make_item("big", payload=bytes(MAX_CALL_BYTES))
    assert (await queue.enqueue(LIVE, [make_item("a"), largest, make_item("b")])).added == 3

    with pytest.raises(BadItem, match="524289 bytes"):
        await queue.enqueue(LIVE, [make_item("huge", payload=bytes(MAX_CALL_BYTES + 1))])


@pytest.mark.parametrize(
    "bad",
    [
        make_item("bad", math.nan),
        make_item("bad", math.inf),
        make_item("bad", 10**400),
        make_item("bad", points=-1),
        make_item("bad", points=1.5),  # type: ignore[arg-type]
        make_item(""),
        make_item("x" * 257),
        make_item("\ud800"),
        make_item("bad", payload=b""),
    ],
)
async def test_an_impossible_item_refuses_the_whole_call(queue: PriorityQueue, bad: NewItem) -> None:
    """One bad item among good ones, and nothing is added."""
    with pytest.raises(BadItem):
        await queue.enqueue(LIVE, [*make_items(120), bad])

    assert (await queue.stats(LIVE)).enqueued_items == 0


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([POINT, POINT | {"lat": 91}], "item 1: point 1: lat"),
        ([POINT, {"lat": 1.0, "lon": 1.0}], "item 1: point 1: datetime"),
        ("points", "item 1: points"),
        ([POINT], "item 1: point 0: flight_id"),
    ],
)
async def test_a_bad_point_names_item_point_and_field(
    queue: PriorityQueue, points: Sequence[object], said: str
) -> None:
    """What is wrong is told by its place in what the caller gave, and nothing is added."""
    flight_id = None if "flight_id" in said else "F2"
    items: list[tuple[Given, float]] = [
        ({"points": [POINT], "flight_id": "F1"}, 1.0),
        ({"points": points, "flight_id": flight_id}, 1.0),
    ]

    with pytest.raises(BadItem, match=said):
        await queue.queue_points_batch(LIVE, items)

    assert (await queue.stats(LIVE)).enqueued_items == 0


async def test_a_bad_point_of_many_flights_keeps_its_number(queue: PriorityQueue) -> None:
    """Points are told apart by flight, and still named by their place in the whole list."""
    points = [POINT | {"flight_id": "A"}, POINT | {"flight_id": "B"}, {"lat": 99, "flight_id": "A"}]

    with pytest.raises(BadItem, match="point 2"):
        await queue.queue_points(LIVE, points)


async def test_a_queue_that_nobody_serves_is_refused(queue: PriorityQueue) -> None:
    """A misspelt queue is an error that lists the queues; its points would wait for ever."""
    with pytest.raises(BadItem, match=LIVE_POINTS):
        await queue.enqueue("live_point", [make_item()])


@pytest.mark.parametrize("flight_id", ["", "x" * 101, "nul\0", "\ud800"])
async def test_a_flight_that_no_store_can_hold_is_refused(queue: PriorityQueue, flight_id: str) -> None:
    """A flight's id is text of 1 to 100 characters that can be written down."""
    with pytest.raises(BadItem):
        await queue.queue_points(LIVE, [POINT], flight_id=flight_id)


async def test_nothing_to_add_is_no_item(queue: PriorityQueue) -> None:
    """No items, no points, and items without points are accepted as the nothing they are."""
    assert (await queue.enqueue(LIVE, [])).added == 0
    assert await queue.queue_points(LIVE, [], flight_id="F") == 0
    assert await queue.queue_points_batch(LIVE, [({"points": [], "flight_id": "F"}, 1)]) == 0


async def test_items_are_made_while_earlier_ones_are_served(
    queue: PriorityQueue, shared_server: ValkeyProcess
) -> None:
    """An iterator's later items are asked for when the server has the first ones already."""
    onlooker = Redis.from_url(shared_server.url)

    def items() -> Iterator[NewItem]:
        yield from make_items(200, prefix="first")
        wait_for("the server holds the first calls", lambda: onlooker.zcard(queue_keys(LIVE).ready) >= 100)
        yield from make_items(200, prefix="second")

    receipt = await queue.enqueue(LIVE, items())
    onlooker.close()

    assert receipt.added == 400


async def test_one_round_trip_whatever_the_number(queue: PriorityQueue) -> None:
    """Calls that do not wait for each other count as one round trip; one call an item as many."""
    pipelined = await queue.enqueue(LIVE, make_items(1_000, prefix="p"))
    standard = await queue.enqueue(LIVE, make_items(5, prefix="s"), use_pipeline=False)

    assert (pipelined.round_trips, standard.round_trips) == (1, 5)
