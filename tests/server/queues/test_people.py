"""What people do to a queue: dead letters, purge, withdraw, pause; and what they see of it."""

from __future__ import annotations

import pytest

from racecontrol.domain.priority import LANES
from racecontrol.errors import BadItem
from racecontrol.queues.limits import MAX_ATTEMPTS
from racecontrol.queues.model import LaneStats
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.server.keys import queue_keys
from tests.server.queue_tools import (
    LIVE,
    ask,
    fail_until_dead,
    ids,
    lease_one,
    let_time_pass,
    make_item,
    make_items,
)


async def test_a_buried_item_is_a_dead_letter_with_its_reason(queue: PriorityQueue) -> None:
    """What no retry can help is put aside at once; its reason is cleaned for a screen."""
    await queue.enqueue(LIVE, [make_item("a", 7, points=12)])
    await queue.bury(LIVE, [await lease_one(queue)], "torn\x1b[31m payload")

    (letter,) = await queue.dead_letters(LIVE)

    assert (letter.priority, letter.points, letter.attempts, letter.reason) == (7, 12, 1, "torn[31m payload")


async def test_dead_letters_are_listed_by_pages(queue: PriorityQueue) -> None:
    """The longest dead first, from an offset on."""
    await queue.enqueue(LIVE, make_items(5))
    await queue.bury(LIVE, (await queue.lease_batch(LIVE, 5)).items, "bad")

    pages = [await queue.dead_letters(LIVE, 2, offset=offset) for offset in (0, 2, 4, 6)]

    assert [[letter.member[16:] for letter in page] for page in pages] == [
        ["i0", "i1"],
        ["i2", "i3"],
        ["i4"],
        [],
    ]


async def test_a_dead_letter_is_no_longer_old(client: ServerClient, queue: PriorityQueue) -> None:
    """The oldest age is of work that will be done; a poison item does not alarm for ever."""
    await queue.enqueue(LIVE, make_items(1))
    await let_time_pass(client, 20_000)
    before = await queue.stats(LIVE)
    await queue.bury(LIVE, [await lease_one(queue)], "bad")

    after = await queue.stats(LIVE)
    assert (before.oldest_ms >= 20_000, after.oldest_ms, after.dead) == (True, 0, 1)


async def test_a_revived_item_returns_to_its_old_place(queue: PriorityQueue) -> None:
    """It keeps score and sequence, so it goes before what came later."""
    await queue.enqueue(LIVE, make_items(1, prefix="old"))
    await queue.bury(LIVE, [await lease_one(queue)], "bad")
    await queue.enqueue(LIVE, make_items(1, prefix="new"))
    (letter,) = await queue.dead_letters(LIVE)

    assert await queue.revive(LIVE, [letter.member]) == 1
    assert (await lease_one(queue)).item_id == "old0"


async def test_a_revived_item_has_all_its_attempts_again(client: ServerClient, queue: PriorityQueue) -> None:
    """The limit counts from the revival on; the attempts themselves count on."""
    await queue.enqueue(LIVE, make_items(1))
    await fail_until_dead(client, queue)
    (letter,) = await queue.dead_letters(LIVE)
    await queue.revive(LIVE, [letter.member])

    last = await fail_until_dead(client, queue)

    assert last.attempt == 2 * MAX_ATTEMPTS


async def test_a_holder_from_before_the_revival_stays_fenced_off(
    client: ServerClient, queue: PriorityQueue
) -> None:
    """Attempts never go back, so a stale nack meets another number."""
    await queue.enqueue(LIVE, make_items(1))
    stale = await lease_one(queue)
    await queue.bury(LIVE, [stale], "bad")
    (letter,) = await queue.dead_letters(LIVE)
    await queue.revive(LIVE, [letter.member])
    fresh = await lease_one(queue)

    assert (await queue.nack(LIVE, [stale], "late"), fresh.attempt) == (0, 2)


async def test_only_the_dead_are_revived(queue: PriorityQueue) -> None:
    """A name of an item that is alive, gone or unknown revives nothing."""
    await queue.enqueue(LIVE, make_items(1))
    item = await lease_one(queue)

    assert await queue.revive(LIVE, [item.member, "0000000000000099x"]) == 0
    assert await queue.revive(LIVE, []) == 0


async def test_a_purged_item_is_gone_and_counted(queue: PriorityQueue) -> None:
    """Purge takes an item out wherever it is; its id stays known for the window."""
    await queue.enqueue(LIVE, make_items(3))
    leased = await lease_one(queue)
    dead = await lease_one(queue)
    await queue.bury(LIVE, [dead], "bad")
    (ready,) = await queue.head(LIVE, 5)

    assert await queue.purge(LIVE, [leased.member, dead.member, ready.member, ready.member]) == 3

    stats = await queue.stats(LIVE)
    assert (stats.held, stats.purged_items, stats.points_purged, stats.points_pending) == (0, 3, 30, 0)
    assert (await queue.enqueue(LIVE, make_items(3))).duplicates == 3


async def test_withdraw_takes_one_pass_and_nothing_else(client: ServerClient, queue: PriorityQueue) -> None:
    """Of the start's items those not served go: ready or waiting for a retry. The rest stays where it is."""
    await queue.enqueue(LIVE, make_items(600, 1000, prefix="start:R42:1:"))
    await queue.enqueue(LIVE, make_items(300, 1000, prefix="start:R42:10:"))
    await queue.enqueue(LIVE, make_items(300, 2000, prefix="sos"))
    await queue.enqueue(LIVE, make_items(1, 1, prefix="start:R42:1:low"))
    await queue.pause(LIVE)
    await queue.resume(LIVE)
    await queue.lease_batch(LIVE, 300)
    held, retried = (await queue.lease_batch(LIVE, 2)).items
    await queue.nack(LIVE, [retried], "no")

    withdrawn = await queue.withdraw(LIVE, "R42", 1)

    assert (withdrawn.items, withdrawn.points, withdrawn.leased) == (599, 5_990, 1)
    assert (await queue.ack(LIVE, [held]), (await queue.stats(LIVE)).ready) == (1, 301)


async def test_a_withdrawal_repeated_tells_the_same(queue: PriorityQueue) -> None:
    """After a lost answer the repeat gives the sums again; another pass has its own."""
    await queue.enqueue(LIVE, make_items(3, 1000, prefix="start:R42:1:"))
    first = await queue.withdraw(LIVE, "R42", 1)

    assert await queue.withdraw(LIVE, "R42", 1) == first
    assert (await queue.withdraw(LIVE, "R42", 2)).items == 0


async def test_withdraw_looks_past_thousands_of_others(queue: PriorityQueue) -> None:
    """Other items in front, more than one step looks at, hide nothing."""
    await queue.enqueue(LIVE, make_items(2_300, 1000, prefix="start:R1:1:"))
    await queue.enqueue(LIVE, make_items(700, 1000, prefix="start:R2:1:"))

    assert (await queue.withdraw(LIVE, "R2", 1)).items == 700


async def test_an_empty_range_withdraws_nothing(queue: PriorityQueue) -> None:
    """With no item at the start's priority, those below it are not even looked at."""
    await queue.enqueue(LIVE, make_items(3, 999, prefix="start:R42:1:"))

    assert (await queue.withdraw(LIVE, "R42", 1)).items == 0


async def test_a_paused_queue_takes_in_and_gives_nothing_out(queue: PriorityQueue) -> None:
    """Pause stops leases for everybody until resume, which wakes a waiter."""
    await queue.pause(LIVE)
    await queue.enqueue(LIVE, make_items(1))
    await queue.wait([LIVE], 1)

    assert (await queue.lease_batch(LIVE, 1)).items == ()
    assert (await queue.stats(LIVE)).is_paused
    await queue.resume(LIVE)
    assert await queue.wait([LIVE], 1) == LIVE
    assert ids(await queue.lease_batch(LIVE, 1)) == ["i0"]


async def test_stats_count_by_lane(queue: PriorityQueue) -> None:
    """Items and points are counted in and out by the lane of their priority."""
    await queue.enqueue(LIVE, [make_item(lane.name, max(lane.floor, -1e9)) for lane in LANES])
    await queue.ack(LIVE, (await queue.lease_batch(LIVE, 2)).items)

    lanes = (await queue.stats(LIVE)).lanes

    out, waiting = LaneStats(0, 1, 1, 10, 10), LaneStats(1, 1, 0, 10, 0)
    assert lanes == {"sos": out, "race": out, "live": waiting, "normal": waiting, "rest": waiting}


@pytest.mark.parametrize(
    ("priority", "lane"), [(1999.9, "race"), (1000, "race"), (0.5, "rest"), (-5, "rest")]
)
async def test_a_lane_begins_at_its_floor(queue: PriorityQueue, priority: float, lane: str) -> None:
    """What is ready is told in the lane that the counters count it in."""
    await queue.enqueue(LIVE, [make_item("a", priority)])

    lanes = (await queue.stats(LIVE)).lanes
    assert [name for name, lane_stats in lanes.items() if lane_stats.ready and lane_stats.items_in] == [lane]


async def test_head_shows_who_is_next(queue: PriorityQueue) -> None:
    """The next items are told in order and stay where they are."""
    await queue.enqueue(LIVE, [make_item("low", 1), make_item("high", 9)])

    head = await queue.head(LIVE, 5)

    assert [(item.member[16:], item.priority, item.attempts) for item in head] == [
        ("high", 9, 0),
        ("low", 1, 0),
    ]
    assert (await queue.stats(LIVE)).ready == 2


async def test_waiting_tells_what_is_still_to_be_done(queue: PriorityQueue) -> None:
    """In anybody's hands or in none; not what is done, dead, purged or was never there."""
    names = ["dead", "done", "purged", "leased", "ready"]
    await queue.enqueue(LIVE, [make_item(name) for name in names])
    dead, done, purged, _ = (await queue.lease_batch(LIVE, 4)).items
    await queue.bury(LIVE, [dead], "bad")
    await queue.ack(LIVE, [done])
    await queue.purge(LIVE, [purged.member])

    assert await queue.waiting(LIVE, [*names, "never"]) == ["leased", "ready"]
    assert await queue.waiting(LIVE, []) == []


@pytest.mark.parametrize("n", [0, 1_001])
async def test_lists_are_of_one_to_a_thousand(queue: PriorityQueue, n: int) -> None:
    """Head and dead letters refuse to list nothing, or everything."""
    with pytest.raises(BadItem):
        await queue.head(LIVE, n)
    with pytest.raises(BadItem):
        await queue.dead_letters(LIVE, n)


async def test_the_window_is_trimmed_a_thousand_at_a_time(client: ServerClient, queue: PriorityQueue) -> None:
    """Ids past their window go with the next acks, never all at once."""
    await queue.enqueue(LIVE, make_items(2_500))
    for _ in range(3):
        await queue.ack(LIVE, (await queue.lease_batch(LIVE, 1_000)).items)
    await let_time_pass(client, 600_001)
    await queue.enqueue(LIVE, make_items(1, prefix="next"))

    await queue.ack(LIVE, [await lease_one(queue)])

    assert await ask(client, "ZCARD", queue_keys(LIVE).done) == 1_501
