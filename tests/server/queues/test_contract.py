"""The queue's public names, as a reader of the documentation would try them."""

from __future__ import annotations

from racecontrol.domain.priority import LIVE_POINTS, QUEUES, RACE_START, UPLOAD_POINTS
from racecontrol.queues.auto import PipelineThresholds
from racecontrol.queues.codec import decode
from racecontrol.queues.entries import Given
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from tests.builders import make_fixes, make_flight

POINT = {"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:44:58Z", "elevation": 1500}
LATER = {"lat": 45.9001, "lon": 6.2001, "datetime": "2026-05-26T11:44:59Z", "elevation": 1501}


async def test_queue_points_takes_dicts_and_gives_how_many(queue: PriorityQueue) -> None:
    """A list of dicts becomes one item; the answer is the number of points queued."""
    assert await queue.queue_points(LIVE_POINTS, [POINT, LATER], priority=5, flight_id="F1") == 2

    (fixes,) = await queue.dequeue_batch(LIVE_POINTS, 10)

    assert (fixes.flight.flight_id, fixes.flight.source, len(fixes)) == ("F1", "live", 2)


async def test_queue_points_finds_the_flight_in_each_point(queue: PriorityQueue) -> None:
    """Without a flight_id every point says its own; each flight travels alone, in order of appearance."""
    points = [POINT | {"flight_id": "F2"}, POINT | {"flight_id": "F1"}, LATER | {"flight_id": "F2"}]

    assert await queue.queue_points(LIVE_POINTS, points) == 3

    taken = await queue.dequeue_batch(LIVE_POINTS, 10)
    assert [(fixes.flight.flight_id, len(fixes)) for fixes in taken] == [("F2", 2), ("F1", 1)]


async def test_queue_points_takes_fixes(queue: PriorityQueue) -> None:
    """`Fixes` go in as they are and come out equal."""
    fixes = make_fixes()

    assert await queue.queue_points(LIVE_POINTS, fixes) == len(fixes)

    assert await queue.dequeue_batch(LIVE_POINTS, 1) == [fixes]


async def test_queue_points_batch_takes_dicts_and_fixes(queue: PriorityQueue) -> None:
    """A batch mixes both forms, each with its priority; the answer is the number of items accepted."""
    fixes = make_fixes(flight=make_flight("7"))
    items: list[tuple[Given, float]] = [
        ({"points": [POINT, LATER], "flight_id": "F1"}, 1),
        (fixes, RACE_START),
    ]

    assert await queue.queue_points_batch(UPLOAD_POINTS, items) == 2

    taken = await queue.dequeue_batch(UPLOAD_POINTS, 10)
    assert [taken_fixes.flight.flight_id for taken_fixes in taken] == ["R42/7", "F1"]


async def test_a_batch_may_go_one_call_an_item(queue: PriorityQueue) -> None:
    """use_pipeline=False does the same with a call an item, as the standard method."""
    items = [({"points": [POINT], "flight_id": f"F{number}"}, 1) for number in range(3)]

    assert await queue.queue_points_batch(UPLOAD_POINTS, items, use_pipeline=False) == 3

    assert (await queue.stats(UPLOAD_POINTS)).ready == 3


async def test_queue_with_auto_pipeline_accepts_any_number(queue: PriorityQueue) -> None:
    """The choice of the method is the queue's; the answer is the number of items accepted."""
    item = ({"points": [POINT], "flight_id": "F1"}, 1)

    accepted = [await queue.queue_with_auto_pipeline(LIVE_POINTS, [item] * count) for count in (0, 1, 2)]

    assert accepted == [0, 1, 2]


async def test_a_worker_leases_decodes_and_acknowledges(queue: PriorityQueue) -> None:
    """An item is leased, its payload decoded, and acknowledged when its points are stored."""
    await queue.queue_points(LIVE_POINTS, [POINT], flight_id="F1")
    batch = await queue.lease_batch(LIVE_POINTS, 100)
    assert [len(decode(item.payload)) for item in batch.items] == [1]

    assert await queue.ack(LIVE_POINTS, batch.items) == 1

    assert (await queue.stats(LIVE_POINTS)).held == 0


async def test_get_queue_stats_speaks_of_four_queues(queue: PriorityQueue) -> None:
    """Every queue is told under its short name with its total_pending: ready, leased and delayed items."""
    await queue.queue_points_batch(LIVE_POINTS, [(make_fixes(), 1)] * 3)
    await queue.lease_batch(LIVE_POINTS, 1)

    told = await queue.get_queue_stats()

    assert set(told) == {"live", "upload", "flymaster", "scoring"}
    assert (told["live"]["total_pending"], told["upload"]["total_pending"]) == (3, 0)


async def test_all_stats_come_in_the_order_of_screens(queue: PriorityQueue) -> None:
    """One read tells every queue, in the order in which screens list them."""
    assert tuple(stats.queue for stats in await queue.all_stats()) == QUEUES


async def test_queue_with_auto_pipeline_decides_by_points_and_depth(client: ServerClient) -> None:
    """Few points go one by one while the queue is short, and pipelined once it is long."""
    queue = PriorityQueue(client, thresholds=PipelineThresholds(points=100, pending=2))
    one: list[tuple[Given, float]] = [({"points": [POINT], "flight_id": "F1"}, 1)]

    for _ in range(4):
        await queue.queue_with_auto_pipeline(LIVE_POINTS, one)

    methods = [operation.method.value for operation in queue.metrics.drain()]
    assert methods == ["standard", "standard", "standard", "pipeline"]


async def test_enqueue_tells_which_items_were_there(queue: PriorityQueue) -> None:
    """Places count over the whole call, however many calls of the script it took."""
    items = [NewItem(f"i{number}", 1, 1, b"payload") for number in range(150)]
    await queue.enqueue(LIVE_POINTS, [items[3], items[120]])

    receipt = await queue.enqueue(LIVE_POINTS, items)

    assert (receipt.duplicate_places, queue.pending_items(LIVE_POINTS)) == ((3, 120), 150)
