"""Taking items out: one holder at a time, nothing lost, nothing another holder's touched."""

from __future__ import annotations

import asyncio

import pytest

from racecontrol.domain.priority import FLYMASTER_POINTS
from racecontrol.errors import BadItem
from racecontrol.queues.limits import MAX_ATTEMPTS
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.server.keys import queue_keys
from tests.server.queue_tools import LIVE, ask, ids, lease_one, let_time_pass, make_item, make_items

LEASE_OVER_MS = 30_001


async def test_a_leased_item_is_nobody_elses(queue: PriorityQueue) -> None:
    """What one worker holds, the next does not get."""
    await queue.enqueue(LIVE, make_items(3))

    assert ids(await queue.lease_batch(LIVE, 2)) == ["i0", "i1"]
    assert ids(await queue.lease_batch(LIVE, 2)) == ["i2"]


@pytest.mark.parametrize("n", [0, -1, 1_001, 5_000, 1.5])
async def test_an_impossible_number_leases_nothing(queue: PriorityQueue, n: int) -> None:
    """n is 1 to 1,000: 0 does not mean everything, and 5,000 loses none."""
    await queue.enqueue(LIVE, make_items(2))

    with pytest.raises(BadItem):
        await queue.lease_batch(LIVE, n)

    assert (await queue.stats(LIVE)).ready == 2


async def test_a_thousand_items_come_at_once_and_go_at_once(queue: PriorityQueue) -> None:
    """The largest lease and its ack work; an ack of more is cut."""
    await queue.enqueue(LIVE, make_items(1_500))
    first, second = await queue.lease_batch(LIVE, 1_000), await queue.lease_batch(LIVE, 1_000)

    assert await queue.ack(LIVE, [*first.items, *second.items]) == 1_500


async def test_a_batch_stays_below_its_bytes(queue: PriorityQueue) -> None:
    """Payloads are taken while they fit in max_bytes; the first comes whatever its size."""
    await queue.enqueue(LIVE, [make_item(str(n), payload=bytes(1_000)) for n in range(5)])

    taken = [len((await queue.lease_batch(LIVE, 5, max_bytes=most)).items) for most in (2_500, 10, 10_000)]

    assert taken == [2, 1, 2]


async def test_what_does_not_fit_is_left_as_it_is(client: ServerClient, queue: PriorityQueue) -> None:
    """Payloads of all sizes keep their order over several leases; one that is gone is lost in its turn."""
    sizes = [1, *[1_000] * 5, 3_000, 1, 1]
    await queue.enqueue(LIVE, [make_item(str(n), payload=bytes(size)) for n, size in enumerate(sizes)])
    await ask(client, "HDEL", queue_keys(LIVE).payload, "4")

    taken, lost = [], []
    for _ in range(4):
        taken.append(ids(await queue.lease_batch(LIVE, 9, max_bytes=2_500)))
        lost.append((await queue.stats(LIVE)).lost_items)

    assert taken == [["0", "1", "2"], ["3", "5"], ["6"], ["7", "8"]]
    assert lost == [0, 1, 1, 1]


async def test_an_ended_lease_returns_to_its_old_place(client: ServerClient, queue: PriorityQueue) -> None:
    """A worker that died holds nothing up: its item is served again, before what came later."""
    await queue.enqueue(LIVE, make_items(1, prefix="old"))
    await lease_one(queue)
    await queue.enqueue(LIVE, make_items(1, prefix="new"))
    await let_time_pass(client, LEASE_OVER_MS)

    item = await lease_one(queue)

    assert (item.item_id, item.attempt) == ("old0", 2)


async def test_an_item_with_earlier_attempts_goes_alone(client: ServerClient, queue: PriorityQueue) -> None:
    """A poison item takes no others along: neither those before nor those after it."""
    await queue.enqueue(LIVE, make_items(5))
    await queue.lease_batch(LIVE, 2)
    await let_time_pass(client, LEASE_OVER_MS)

    batches = [ids(await queue.lease_batch(LIVE, 10)) for _ in range(3)]

    assert batches == [["i0"], ["i1"], ["i2", "i3", "i4"]]


async def test_what_comes_before_an_attempted_item_stops_short_of_it(
    client: ServerClient, queue: PriorityQueue
) -> None:
    """Fresh items ahead of an attempted one are a batch without it."""
    await queue.enqueue(LIVE, make_items(1, prefix="tried"))
    await lease_one(queue)
    await let_time_pass(client, LEASE_OVER_MS)
    await queue.enqueue(LIVE, make_items(2, 1000, prefix="fresh"))

    assert ids(await queue.lease_batch(LIVE, 10)) == ["fresh0", "fresh1"]


async def test_a_late_ack_counts(client: ServerClient, queue: PriorityQueue) -> None:
    """Work that was committed after its lease ended is done, wherever its item is by then."""
    await queue.enqueue(LIVE, make_items(1))
    late = await lease_one(queue)
    await let_time_pass(client, LEASE_OVER_MS)
    await lease_one(queue)

    assert await queue.ack(LIVE, [late]) == 1
    assert (await queue.stats(LIVE)).held == 0


async def test_a_late_ack_leaves_an_id_that_was_enqueued_again(
    client: ServerClient, queue: PriorityQueue
) -> None:
    """After the window an id may be new work; an ack of the old does not end it."""
    await queue.enqueue(LIVE, [make_item(payload=b"old")])
    old = await lease_one(queue)
    await queue.ack(LIVE, [old])
    await let_time_pass(client, 600_001)
    await queue.enqueue(LIVE, [make_item(payload=b"new")])

    assert await queue.ack(LIVE, [old]) == 0
    assert (await lease_one(queue)).payload == b"new"


async def test_an_ack_counts_each_item_once(queue: PriorityQueue) -> None:
    """One item named twice is one item, and an ack repeated ends nothing more."""
    await queue.enqueue(LIVE, make_items(2))
    item = await lease_one(queue)

    assert [await queue.ack(LIVE, items) for items in ([item, item], [item], [])] == [1, 0, 0]


async def test_ack_and_lease_is_one_step(queue: PriorityQueue) -> None:
    """The last batch goes and the next comes."""
    await queue.enqueue(LIVE, make_items(4))
    first = await queue.lease_batch(LIVE, 2)

    second = await queue.ack_and_lease(LIVE, first.items, 2)

    stats = await queue.stats(LIVE)
    assert (ids(second), stats.acked_items, stats.leased) == (["i2", "i3"], 2, 2)


async def test_a_nacked_item_waits_then_comes_back(client: ServerClient, queue: PriorityQueue) -> None:
    """A retry is delayed by half to all of 0.5 s * 2^attempt, and is served in its old place."""
    await queue.enqueue(LIVE, make_items(2))
    assert await queue.nack(LIVE, [await lease_one(queue)], "disk full") == 1

    (due_ms,) = (await ask(client, "ZRANGE", queue_keys(LIVE).delayed, 0, -1, "WITHSCORES"))[1::2]
    stats = await queue.stats(LIVE)
    assert 400 <= float(due_ms) - stats.now_ms <= 1_000
    assert (stats.delayed, stats.retried_items) == (1, 1)
    assert ids(await queue.lease_batch(LIVE, 5)) == ["i1"]
    await let_time_pass(client, 1_001)
    assert ids(await queue.lease_batch(LIVE, 5)) == ["i0"]


async def test_a_retry_waits_a_minute_at_most(client: ServerClient, queue: PriorityQueue) -> None:
    """The delay grows with the attempts up to its cap: an item that counts many is not put off for years."""
    await queue.enqueue(LIVE, make_items(1))
    item = await lease_one(queue)
    keys = queue_keys(LIVE)
    await ask(client, "HSET", keys.attempts, item.member, "40|36")
    returned = type(item)(item.member, 40, item.priority, item.enqueued_ms, item.points, item.payload)

    assert await queue.nack(LIVE, [returned], "no") == 1

    (due_ms,) = (await ask(client, "ZRANGE", keys.delayed, 0, -1, "WITHSCORES"))[1::2]
    assert float(due_ms) - (await queue.stats(LIVE)).now_ms <= 60_000


async def test_the_last_attempt_makes_a_dead_letter(client: ServerClient, queue: PriorityQueue) -> None:
    """After five leases a nack is final, with its reason."""
    await queue.enqueue(LIVE, make_items(1))
    for _ in range(MAX_ATTEMPTS):
        await queue.nack(LIVE, [await lease_one(queue)], "bad row")
        await let_time_pass(client, 60_000)

    (letter,) = await queue.dead_letters(LIVE)
    assert (letter.member[16:], letter.attempts, letter.reason) == ("i0", MAX_ATTEMPTS, "bad row")


async def test_five_ended_leases_make_a_dead_letter(client: ServerClient, queue: PriorityQueue) -> None:
    """An item that kills its worker every time is put aside, and says so."""
    await queue.enqueue(LIVE, make_items(1))
    for _ in range(MAX_ATTEMPTS):
        await lease_one(queue)
        await let_time_pass(client, LEASE_OVER_MS)

    assert (await queue.lease_batch(LIVE, 1)).items == ()
    assert [letter.reason for letter in await queue.dead_letters(LIVE)] == ["its lease expired 5 times"]


async def test_nack_extend_and_bury_are_the_holders_alone(client: ServerClient, queue: PriorityQueue) -> None:
    """Who lost the lease to another changes nothing any more."""
    await queue.enqueue(LIVE, make_items(1))
    stale = await lease_one(queue)
    await let_time_pass(client, LEASE_OVER_MS)
    await lease_one(queue)

    answers = [
        await queue.nack(LIVE, [stale], "late"),
        await queue.extend(LIVE, [stale]),
        await queue.bury(LIVE, [stale], "late"),
    ]

    assert (answers, (await queue.stats(LIVE)).leased) == ([0, 0, 0], 1)


async def test_a_lease_is_over_when_its_time_is(client: ServerClient, queue: PriorityQueue) -> None:
    """A late nack or extend is refused even before anybody else has taken the item."""
    await queue.enqueue(LIVE, make_items(1))
    item = await lease_one(queue)
    await let_time_pass(client, LEASE_OVER_MS)

    assert (await queue.extend(LIVE, [item]), await queue.nack(LIVE, [item], "late")) == (0, 0)


async def test_extend_lengthens_and_never_shortens(client: ServerClient, queue: PriorityQueue) -> None:
    """A lease ends at the later of the two times."""
    await queue.enqueue(LIVE, make_items(1))
    item = await lease_one(queue)
    await queue.extend(LIVE, [item], 90_000)
    await queue.extend(LIVE, [item], 1)
    await let_time_pass(client, 80_000)

    assert await queue.extend(LIVE, [item]) == 1


async def test_an_item_whose_payload_is_gone_is_lost_loudly(
    client: ServerClient, queue: PriorityQueue, caplog: pytest.LogCaptureFixture
) -> None:
    """It is counted and logged, is no dead letter, and holds no other item up."""
    await queue.enqueue(LIVE, make_items(3))
    await ask(client, "HDEL", queue_keys(LIVE).payload, "i0")
    await ask(client, "HDEL", queue_keys(LIVE).meta, "i1")
    # How many points i1 held nobody can tell any more.
    await ask(client, "HINCRBY", queue_keys(LIVE).stats, "points_purged", 10)

    assert ids(await queue.lease_batch(LIVE, 3)) == ["i2"]

    stats = await queue.stats(LIVE)
    assert (stats.lost_items, stats.dead) == (2, 0)
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


async def test_a_buried_item_without_payload_is_lost_too(client: ServerClient, queue: PriorityQueue) -> None:
    """Nobody could revive it, so it is no dead letter."""
    await queue.enqueue(LIVE, make_items(1))
    item = await lease_one(queue)
    await ask(client, "HDEL", queue_keys(LIVE).payload, "i0")

    await queue.bury(LIVE, [item], "bad")

    stats = await queue.stats(LIVE)
    assert (stats.lost_items, stats.held, stats.points_pending) == (1, 0, 0)


async def test_a_wait_ends_with_the_next_enqueue(queue: PriorityQueue) -> None:
    """A waiter of several queues is woken by the one that got work."""
    waiter = asyncio.create_task(queue.wait([LIVE, FLYMASTER_POINTS], 5))
    await queue.enqueue(FLYMASTER_POINTS, make_items(1))

    assert await waiter == FLYMASTER_POINTS


async def test_a_wait_without_work_ends_by_itself(queue: PriorityQueue) -> None:
    """Nothing to do for the time given is None, and no time given is not for ever."""
    assert await queue.wait([LIVE], 0) is None


async def test_a_cancelled_wait_loses_no_item(queue: PriorityQueue) -> None:
    """Waiters given up at any moment leave every item where it is."""
    for number in range(20):
        waiter = asyncio.create_task(queue.wait([LIVE], 5))
        if number % 2:
            await asyncio.sleep(0)
        enqueued = asyncio.create_task(queue.enqueue(LIVE, make_items(1, prefix=f"{number}-")))
        if number % 3:
            await enqueued
        waiter.cancel()
        await asyncio.gather(waiter, enqueued, return_exceptions=True)

    assert len((await queue.lease_batch(LIVE, 100)).items) == 20


async def test_whoever_leaves_work_behind_wakes_the_next(queue: PriorityQueue) -> None:
    """A lease that does not empty the queue sets the marker again."""
    await queue.enqueue(LIVE, make_items(2))
    assert await queue.wait([LIVE], 1) == LIVE
    await lease_one(queue)

    assert await queue.wait([LIVE], 1) == LIVE


@pytest.mark.parametrize(("lease_ms", "longest"), [(2_000, 2_000), (60_000, 5_000)])
async def test_an_idle_worker_sleeps_no_longer_than_a_lease(
    queue: PriorityQueue, lease_ms: int, longest: int
) -> None:
    """An empty lease says how long to wait: 5 s, or the lease where that is shorter."""
    assert (await queue.lease_batch(LIVE, 1, lease_ms=lease_ms)).wait_ms == longest


async def test_an_idle_worker_wakes_when_a_lease_ends(queue: PriorityQueue) -> None:
    """The wait ends with the first lease or delay that does."""
    await queue.enqueue(LIVE, make_items(1))
    await lease_one(queue, lease_ms=1_500)

    assert 1_000 < (await queue.lease_batch(LIVE, 1)).wait_ms <= 1_500


async def test_the_servers_time_alone_ends_leases(queue: PriorityQueue) -> None:
    """A worker whose clock is an hour off holds its items no longer and no shorter."""

    class HourOff:
        def now_ms(self) -> int:
            return 3_600_000

        def monotonic_s(self) -> float:
            return 0.0

    await queue.enqueue(LIVE, make_items(1))
    await lease_one(PriorityQueue(queue.client, clock=HourOff()))

    assert (await queue.lease_batch(LIVE, 1)).items == ()
