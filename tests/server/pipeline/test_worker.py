"""The worker on a real server and a real store, in one process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from sqlite3 import connect

import pytest

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE_POINTS, QUEUES, SCORING_POINTS, UPLOAD_POINTS
from racecontrol.pipeline.shares import COMPETITION_SHARES
from racecontrol.pipeline.storing import Storer, Tally
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.state.mode import Modes
from racecontrol.state.workers import Workers
from racecontrol.store.base import Written
from racecontrol.store.sqlite import SqliteStore
from tests.builders import make_fixes
from tests.server.checker import check_queues
from tests.server.pipeline.tools import assert_holds_exactly, fill, items_of, make_flights, until
from tests.server.queue_tools import let_time_pass
from tests.server.tools import ValkeyProcess

POISON = "R42/50"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "racecontrol.db"


@pytest.fixture
def store(database: Path) -> Iterator[SqliteStore]:
    with SqliteStore(database) as opened:
        yield opened


class GatedStore(SqliteStore):
    """Its writes wait at a gate."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.is_writing = threading.Event()
        self.gate = threading.Event()

    def write(self, batch: Sequence[Fixes]) -> Written:
        self.is_writing.set()
        self.gate.wait()
        return super().write(batch)


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[asyncio.Task[Tally]]:
    """The worker at work; told to stop, and waited for, at the end."""
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        worker.stop()
        await task


def refuse(database: Path, flight_id: str) -> None:
    """Let the database refuse every fix of one flight."""
    with closing(connect(database)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON track_points"
            f" WHEN (SELECT flight_id FROM flights WHERE flight_no = NEW.flight_no) = '{flight_id}'"
            " BEGIN SELECT raise(ABORT, 'cursed'); END"
        )


async def test_everything_queued_is_stored_and_acknowledged(
    queue: PriorityQueue, store: SqliteStore, database: Path
) -> None:
    """From all four queues, until nothing is left; what is scored becomes a version, not a track."""
    flights = make_flights(40)
    for number, name in enumerate(QUEUES):
        await fill(queue, flights[number::4], name)

    tally = await Worker(queue, store).run(until_empty=True)

    scored = flights[QUEUES.index(SCORING_POINTS) :: 4]
    assert tally == Tally(items=40, rows=800, new=800)
    assert_holds_exactly(database, [fixes for fixes in flights if fixes not in scored])
    assert {fixes.flight for fixes in scored} == {version.flight for version in store.versions("R42")}
    assert [stats.held for stats in await queue.all_stats()] == [0, 0, 0, 0]


async def test_a_sleeping_worker_is_woken_by_an_item(
    queue: PriorityQueue, store: SqliteStore, database: Path
) -> None:
    """The marker tells it."""
    flights = make_flights(1)
    async with running(Worker(queue, store)):
        await until("the worker is there", lambda: is_alive(queue.client))
        await fill(queue, flights)

        await until("the item is acknowledged", lambda: is_acked(queue, 1))

    assert_holds_exactly(database, flights)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\x63" + encode(make_fixes())[1:], "version"),
        (encode(make_fixes())[:-3], "torn"),
        (b"?", "torn"),
    ],
    ids=["unknown version", "torn", "one byte"],
)
async def test_a_payload_that_cannot_be_read_becomes_a_dead_letter_alone(
    queue: PriorityQueue, store: SqliteStore, database: Path, payload: bytes, reason: str
) -> None:
    """Fault Q17: with its reason; its neighbours are stored."""
    flights = make_flights(4)
    good = items_of(flights)
    await queue.enqueue(LIVE_POINTS, [*good[:2], NewItem("bad", 100, 3, payload), *good[2:]])

    tally = await Worker(queue, store).run(until_empty=True)

    (letter,) = await queue.dead_letters(LIVE_POINTS)
    assert (tally.items, tally.buried_items, letter.member[16:]) == (4, 1, "bad")
    assert reason in letter.reason
    assert_holds_exactly(database, flights)


async def test_an_item_that_the_store_refuses_goes_alone(
    queue: PriorityQueue, store: SqliteStore, database: Path
) -> None:
    """Fault Q12: of 100 items in one batch 99 are stored, and one becomes a dead letter after 5 tries."""
    flights = make_flights(100, points=3)
    await fill(queue, flights)
    refuse(database, POISON)

    for _ in range(5):
        async with running(Worker(queue, store)):
            await until("one item at most is left, for later", lambda: is_nothing_to_do(queue))
        await let_time_pass(queue.client, 60_000)

    (letter,) = await queue.dead_letters(LIVE_POINTS)
    assert (letter.member[16:], letter.attempts) == (POISON, 5)
    assert "cursed" in letter.reason
    assert_holds_exactly(database, [fixes for fixes in flights if fixes.flight.flight_id != POISON])


async def test_a_late_nack_is_refused(queue: PriorityQueue, store: SqliteStore, database: Path) -> None:
    """Fault Q6: a worker whose lease is over cannot take the item from the one that has it now."""
    flights = make_flights(1)
    await fill(queue, flights)
    late = await queue.lease_batch(LIVE_POINTS, 1, lease_ms=1)
    await until("the lease is over and another's", lambda: is_leased_again(queue))
    refuse(database, flights[0].flight.flight_id)
    storer = Storer(queue, store, 30_000, asyncio.Event())

    stored = await storer.put(LIVE_POINTS, late.items)

    stats = await queue.stats(LIVE_POINTS)
    assert (stored, storer.tally.failed_items) == ([], 0)
    assert (stats.leased, stats.retried_items) == (1, 0)


async def test_a_dead_letter_is_stored_once_its_cause_is_gone(
    queue: PriorityQueue, store: SqliteStore, database: Path
) -> None:
    """Fault Q12: revived by a person, after the database was mended."""
    flights = make_flights(1)
    await fill(queue, flights)
    (item,) = (await queue.lease_batch(LIVE_POINTS, 1)).items
    await queue.bury(LIVE_POINTS, [item], "cursed")

    await queue.revive(LIVE_POINTS, [item.member])
    await Worker(queue, store).run(until_empty=True)

    assert_holds_exactly(database, flights)


async def test_a_full_disk_costs_no_item_an_attempt(
    queue: PriorityQueue, store: SqliteStore, database: Path
) -> None:
    """Fault Q10: the lease is kept meanwhile, the trouble is told, and all is stored when there is room."""
    flights = make_flights(10, points=2000)
    await fill(queue, flights)
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    async with running(Worker(queue, store, lease_ms=300)):
        await until("the trouble is told", lambda: is_troubled(queue.client, "disk is full"))
        first_look = (await queue.stats(LIVE_POINTS)).now_ms
        await until("two leases' time is over", lambda: is_later(queue, first_look + 600))
        store._connection.execute("PRAGMA max_page_count = 1000000")
        await until("all items are acknowledged", lambda: is_acked(queue, 10))

    stats = await queue.stats(LIVE_POINTS)
    assert (stats.expired_items, stats.retried_items, stats.dead) == (0, 0, 0)
    assert_holds_exactly(database, flights)


async def test_a_worker_can_be_stopped_while_the_disk_is_full(
    queue: PriorityQueue, store: SqliteStore
) -> None:
    """The items stay in the queue."""
    await fill(queue, make_flights(10, points=2000))
    store._connection.execute("PRAGMA max_page_count = 1")

    async with running(Worker(queue, store)):
        await until("the trouble is told", lambda: is_troubled(queue.client, "disk is full"))

    assert (await queue.stats(LIVE_POINTS)).held == 10


async def test_stop_finishes_the_batch_in_hand(queue: PriorityQueue, database: Path) -> None:
    """Told to stop in the middle of a write, a worker commits and acknowledges it, and takes no other."""
    flights = make_flights(1)
    await fill(queue, flights)
    with GatedStore(database) as store:
        async with running(worker := Worker(queue, store)) as task:
            await asyncio.to_thread(store.is_writing.wait)
            await queue.enqueue(LIVE_POINTS, [NewItem("late", 1, 3, encode(make_fixes()))])
            worker.stop()
            store.gate.set()
            tally = await task

    assert tally.items == 1
    assert (await queue.stats(LIVE_POINTS)).ready == 1
    assert_holds_exactly(database, flights)


async def test_a_write_longer_than_its_lease_is_not_given_to_another(
    queue: PriorityQueue, database: Path
) -> None:
    """The lease is extended while the store is at work."""
    await fill(queue, make_flights(1))
    with GatedStore(database) as store:
        async with running(Worker(queue, store, lease_ms=100)):
            await asyncio.to_thread(store.is_writing.wait)
            began_ms = (await queue.stats(LIVE_POINTS)).now_ms
            await until("three leases' time is over", lambda: is_later(queue, began_ms + 300))
            batch = await queue.lease_batch(LIVE_POINTS, 1)
            store.gate.set()

    assert batch.items == ()


async def test_a_worker_outlives_the_server(
    own_server: ValkeyProcess, store: SqliteStore, database: Path
) -> None:
    """The server is killed and started again under it; what comes afterwards is stored.

    So is what a lease handed out whose answer died with the server: once that lease is over.
    """
    flights = make_flights(20)
    async with open_client(own_server.url) as client:
        queue = PriorityQueue(client)
        async with running(Worker(queue, store, lease_ms=1000)):
            await fill(queue, flights[:10])
            own_server.restart()
            await fill(queue, flights[10:])
            await until("all items are acknowledged", lambda: is_acked(queue, 20))
        await check_queues(client)

    assert_holds_exactly(database, flights)


async def test_a_worker_can_be_stopped_while_the_server_is_away(
    own_server: ValkeyProcess, store: SqliteStore
) -> None:
    """It waits for the server no longer than it is wanted."""
    async with open_client(own_server.url) as client:
        async with running(Worker(PriorityQueue(client), store)) as task:
            await until("the worker is there", lambda: is_alive(client))
            own_server.kill()

        assert task.result() == Tally()


async def test_a_worker_leaves_the_list_when_it_ends(queue: PriorityQueue, store: SqliteStore) -> None:
    """A screen need not wait for a missed heartbeat."""
    async with running(Worker(queue, store)):
        await until("the worker is there", lambda: is_alive(queue.client))

    assert await Workers(queue.client).alive() == []


async def test_a_workers_heartbeat_tells_what_it_stored(queue: PriorityQueue, store: SqliteStore) -> None:
    """Rows since it began."""
    await fill(queue, make_flights(5))

    async with running(Worker(queue, store)):
        await until("the rows are told", lambda: is_told_rows(queue.client, 100))


async def test_competition_mode_reaches_a_worker(queue: PriorityQueue, store: SqliteStore) -> None:
    """It shares itself out anew at its next heartbeat."""
    worker = Worker(queue, store)
    await Modes(queue.client).set_mode(True, "MJ")

    async with running(worker):
        await until("the shares change", lambda: _answer(worker._turns.shares is COMPETITION_SHARES))


async def test_no_queue_starves_behind_a_full_one(queue: PriorityQueue, database: Path) -> None:
    """Fault Q16: with thousands of live items waiting, the first upload is stored among the first."""
    live, upload = make_flights(1_201, points=2), make_flights(1_202, points=2)[-1:]
    await fill(queue, live)
    await fill(queue, upload, UPLOAD_POINTS)
    seen: list[str] = []

    class Witness(SqliteStore):
        def write(self, batch: Sequence[Fixes]) -> Written:
            seen.extend(fixes.flight.flight_id for fixes in batch)
            return super().write(batch)

    with Witness(database) as store:
        await Worker(queue, store).run(until_empty=True)

    assert seen.index(upload[0].flight.flight_id) <= 500


async def test_a_clock_an_hour_off_changes_nothing(
    queue: PriorityQueue, store: SqliteStore, database: Path
) -> None:
    """Fault Q14: leases are the server's time."""

    class LateClock:
        def now_ms(self) -> int:
            return 3_600_000

        def monotonic_s(self) -> float:
            return asyncio.get_running_loop().time() - 3600

    flights = make_flights(10)
    await fill(queue, flights)

    await Worker(queue, store, clock=LateClock()).run(until_empty=True)

    assert_holds_exactly(database, flights)
    assert (await queue.stats(LIVE_POINTS)).expired_items == 0


async def _answer(is_so: bool) -> bool:
    return is_so


async def is_acked(queue: PriorityQueue, items: int) -> bool:
    return (await queue.stats(LIVE_POINTS)).acked_items == items


async def is_leased_again(queue: PriorityQueue) -> bool:
    return any(item.attempt == 2 for item in (await queue.lease_batch(LIVE_POINTS, 1)).items)


async def is_nothing_to_do(queue: PriorityQueue) -> bool:
    stats = await queue.stats(LIVE_POINTS)
    return stats.ready == stats.leased == 0


async def is_later(queue: PriorityQueue, time_ms: int) -> bool:
    return (await queue.stats(LIVE_POINTS)).now_ms > time_ms


async def is_alive(client: ServerClient) -> bool:
    return len(await Workers(client).alive()) == 1


async def is_troubled(client: ServerClient, what: str) -> bool:
    return any(what in worker.beat.trouble for worker in await Workers(client).alive())


async def is_told_rows(client: ServerClient, rows: int) -> bool:
    return any(worker.beat.rows_total == rows for worker in await Workers(client).alive())
