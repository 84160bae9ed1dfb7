"""Points that came over the air before the gun, and the start that gathers them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE, LIVE_POINTS, RACE_START
from racecontrol.domain.race import Pilot
from racecontrol.domain.roll import Owner, tracker_flight
from racecontrol.pipeline.live_initial import LiveInitial
from racecontrol.pipeline.start import RaceStart
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.codec import decode, encode
from racecontrol.queues.initial import InitialPoints
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server import keys
from racecontrol.server.client import ServerClient
from racecontrol.state.log import RaceLog
from racecontrol.state.races import Races
from racecontrol.state.trackers import Trackers
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS, make_fixes, make_flight, make_race
from tests.server.queue_tools import let_time_pass

RACE = make_race((Pilot("118", "Ana"), Pilot("7", "Bo")))


def start_of(client: ServerClient) -> RaceStart:
    return RaceStart(RACE, "MJ", PriorityQueue(client), Races(client), is_durable=True)


def live_item(item_id: str, seconds: range, bib: str = "118") -> NewItem:
    """A live body: a fix a second, told in seconds before the gun."""
    times_ms = [GUN_MS - 1000 * second for second in seconds]
    fixes = make_fixes(times_ms, flight=make_flight(bib, source="live"))
    return NewItem(item_id, LIVE, len(fixes), encode(fixes), initial_of="R42")


async def started(client: ServerClient) -> list[Fixes]:
    """Start the race; the initial points as they are served, all other work put away."""
    await start_of(client).start()
    queue = PriorityQueue(client)
    items = (await queue.lease_batch(LIVE_POINTS, 100)).items
    await queue.ack(LIVE_POINTS, items)
    return [decode(item.payload) for item in items if item.priority == RACE_START]


async def test_a_start_gathers_what_came_over_the_air(client: ServerClient) -> None:
    """Late, doubled and backward messages, by either queue, make one sorted flight."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [live_item("b", range(20, 10, -1)), live_item("a", range(60, 30, -1))])
    await queue.enqueue(FLYMASTER_POINTS, [live_item("c", range(35, 15, -1))])

    (fixes,) = await started(client)

    assert fixes.flight == make_flight("118", source="live")
    assert fixes.time_ms.tolist() == [GUN_MS - 1000 * second for second in range(60, 10, -1)]


def tracker_item(item_id: str, seconds: range, race_id: str = "") -> NewItem:
    """A body of a tracker that nobody owned when it came: a fix a second, told in seconds before the gun."""
    times_ms = [GUN_MS - 1000 * second for second in seconds]
    fixes = make_fixes(times_ms, flight=tracker_flight("T9", "live", race_id))
    return NewItem(item_id, LIVE, len(fixes), encode(fixes))


async def test_a_start_gathers_what_waits_of_assigned_trackers(client: ServerClient, tmp_path: Path) -> None:
    """Whether a worker has it in hand or none runs; other races' senders' stays, and nothing is doubled."""
    queue = PriorityQueue(client)
    await queue.enqueue(
        LIVE_POINTS, [tracker_item("a", range(90, 60, -1)), live_item("b", range(70, 60, -1))]
    )
    await queue.lease_batch(LIVE_POINTS, 1)
    await queue.enqueue(FLYMASTER_POINTS, [tracker_item("c", range(60, -5, -1), "R42")])
    await queue.enqueue(LIVE_POINTS, [tracker_item("x", range(99, 90, -1), "R41")])
    await Trackers(client).assign("T9", Owner("R42", "118"), "MJ")

    report = await start_of(client).start()

    assert (report.flights_queued, report.points) == (1, 91)
    await let_time_pass(client, 60_000)
    with SqliteStore(tmp_path / "rc.db") as store:
        await Worker(queue, store).run(until_empty=True)
        stored = store.track("R42/118")
    assert stored is not None
    assert stored.time_ms.tolist() == [GUN_MS - 1000 * second for second in range(90, -5, -1)]


async def test_a_start_taken_over_finds_the_pieces_in_the_same_order(client: ServerClient) -> None:
    """Of two positions of one time it takes the first's: also when a worker has moved a piece meanwhile."""
    queue = PriorityQueue(client)
    await queue.enqueue(
        LIVE_POINTS, [live_item("b", range(70, 50, -1)), tracker_item("a", range(90, 60, -1))]
    )
    await Trackers(client).assign("T9", Owner("R42", "118"), "MJ")

    async def order() -> list[tuple[int, int]]:
        live = LiveInitial(RACE, queue)
        await live.read()
        return [(int(fixes.time_ms[0]), len(fixes)) for fixes in live.by_bib["118"]]

    before = await order()
    await queue.ack(LIVE_POINTS, (await queue.lease_batch(LIVE_POINTS, 2)).items)
    await queue.enqueue(LIVE_POINTS, [live_item("moved", range(90, 60, -1))])

    assert before == await order() == [(GUN_MS - 90_000, 30), (GUN_MS - 70_000, 20)]


async def test_a_start_takes_no_tracker_of_another_race(client: ServerClient) -> None:
    """Nor one that nobody was given."""
    await PriorityQueue(client).enqueue(LIVE_POINTS, [tracker_item("a", range(90, 60, -1))])

    assert (await start_of(client).start()).points == 0
    await start_of(client).recall()
    await Trackers(client).assign("T9", Owner("C1", "118"), "MJ")
    assert (await start_of(client).start()).points == 0


async def test_a_repeat_keeps_nothing_twice(client: ServerClient) -> None:
    """An item that was here already adds no initial points."""
    queue = PriorityQueue(client)
    for _ in range(3):
        await queue.enqueue(LIVE_POINTS, [live_item("a", range(9, 0, -1))])

    found = await InitialPoints(client).read("R42")

    assert [len(one.fixes) for one in found.kept] == [9]


async def test_points_after_the_gun_are_no_initial_points(client: ServerClient) -> None:
    """A message across the gun gives what is before it."""
    await PriorityQueue(client).enqueue(LIVE_POINTS, [live_item("a", range(2, -3, -1))])

    (fixes,) = await started(client)

    assert fixes.time_ms.tolist() == [GUN_MS - 2000, GUN_MS - 1000, GUN_MS]


async def test_a_restart_after_a_recall_has_them_again(client: ServerClient) -> None:
    """A finished pass leaves one payload a pilot; what comes meanwhile is joined."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [live_item(f"i{n}", range(n, n - 1, -1)) for n in range(90, 10, -1)])
    (first,) = await started(client)
    kept_after_start = (await InitialPoints(client).read("R42")).kept
    await start_of(client).recall()
    await queue.enqueue(FLYMASTER_POINTS, [live_item("late", range(10, 0, -1))])
    await queue.enqueue(LIVE_POINTS, [live_item("other", range(5, 0, -1), bib="7")])

    again = await started(client)

    assert [len(one.fixes) for one in kept_after_start] == [len(first)] == [80]
    assert [(fixes.flight.bib, len(fixes)) for fixes in again] == [("118", 90), ("7", 5)]
    assert len((await InitialPoints(client).read("R42")).kept) == 2


async def test_the_log_tells_of_repeats(client: ServerClient) -> None:
    """An operator sees how many came over the air only."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [live_item("a", range(9, 0, -1)), live_item("b", range(9, 0, -1))])
    await started(client)

    entry = (await RaceLog(client).tail(1))[0]

    assert entry.why == "9 points of 1 pilots in 1 items; 9 of them came by air only, 9 repeats left out"


async def test_the_log_counts_as_screens_do(client: ServerClient) -> None:
    """With thousands apart."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [live_item(f"i{n}", range(1500, 0, -1)) for n in range(2)])
    await client.commands.hset(keys.initial(LIVE_POINTS, "R42"), "left_out", "1200")
    await started(client)

    said = "1,500 points of 1 pilots in 1 items; 1,500 of them came by air only, 1,500 repeats left out"
    assert (await RaceLog(client).tail(1))[0].why == f"{said}; 1,200 items by air found no room to wait in"


async def test_races_of_one_call_are_kept_apart(client: ServerClient) -> None:
    """Items of two races and of none travel in one call."""
    other = live_item("x", range(3, 0, -1))
    items = [
        live_item("a", range(9, 0, -1)),
        NewItem("x", LIVE, other.points, other.payload, initial_of="C1"),
        NewItem("y", LIVE, other.points, other.payload),
    ]
    await PriorityQueue(client).enqueue(LIVE_POINTS, items)
    initial = InitialPoints(client)

    assert [one.place[1] for one in (await initial.read("R42")).kept] == [b"ia"]
    assert [one.place[1] for one in (await initial.read("C1")).kept] == [b"ix"]


async def test_a_recall_that_puts_the_gun_off_finds_what_came_meanwhile(client: ServerClient) -> None:
    """Points after the first gun are initial points of the second, whenever they came."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [live_item("a", range(3, -9, -1))])
    (first,) = await started(client)
    await queue.enqueue(LIVE_POINTS, [live_item("b", range(-9, -12, -1))])
    await start_of(client).recall()
    later = RaceStart(replace(RACE, gun_ms=GUN_MS + 10_000), "MJ", queue, Races(client), is_durable=True)

    report = await later.start()

    assert (len(first), report.points) == (4, 14)


async def test_what_finds_no_room_is_counted_and_told(client: ServerClient) -> None:
    """64 MB a race and queue are kept; the item itself is queued as always."""
    key, queue = keys.initial(LIVE_POINTS, "R42"), PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [live_item("a", range(9, 0, -1))])
    await client.commands.hset(key, "bytes", str(64 * 1024 * 1024))
    await queue.enqueue(LIVE_POINTS, [live_item("b", range(20, 10, -1))])

    (fixes,) = await started(client)

    assert len(fixes) == 9
    assert (await RaceLog(client).tail(1))[0].why.endswith("1 items by air found no room to wait in")
