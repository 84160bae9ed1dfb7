"""The intake on a real server: what it answers, and where the items are then."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.priority import LIVE_POINTS, UPLOAD_POINTS
from racecontrol.errors import BadItem, BuffersFull
from racecontrol.pipeline.intake import Acceptance, Way
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.state.intakes import Intakes
from racecontrol.state.log import RaceLog
from tests.server.checker import check_queues
from tests.server.pipeline.intake_tools import PATIENCE_S, POLL_S, intake_on, until
from tests.server.proxy import Fault, Proxy
from tests.server.queue_tools import LIVE, ids, make_item, make_items
from tests.server.tools import ValkeyProcess


@pytest.mark.parametrize("way", list(Way))
async def test_accept_is_acknowledged_each_way(
    valkey_url: str, queue: PriorityQueue, tmp_path: Path, way: Way
) -> None:
    """Whatever the way, the items are in the queue when the answer is given."""
    async with intake_on(valkey_url, tmp_path, answer_within_ms=5_000) as (intake, _):
        acceptance = await intake.accept(LIVE, make_items(3), way)

        assert acceptance == Acceptance(3, 30, 0, is_spooled=False)
        assert (await queue.stats(LIVE)).ready == 3


@pytest.mark.parametrize("way", list(Way))
async def test_accept_tells_duplicates(
    valkey_url: str, queue: PriorityQueue, tmp_path: Path, way: Way
) -> None:
    """A retransmit is accepted and counted as one."""
    async with intake_on(valkey_url, tmp_path, answer_within_ms=5_000) as (intake, _):
        await intake.accept(LIVE, make_items(2), way)

        assert (await intake.accept(LIVE, make_items(3), way)).duplicates == 2
        assert (await queue.stats(LIVE)).ready == 3


async def test_an_impossible_item_refuses_the_call(
    valkey_url: str, queue: PriorityQueue, tmp_path: Path
) -> None:
    """BadItem comes before anything is sent, also where others of the call are good."""
    async with intake_on(valkey_url, tmp_path, answer_within_ms=5_000) as (intake, _):
        with pytest.raises(BadItem):
            await intake.accept(LIVE, [make_item("a"), make_item("b", float("nan"))], Way.BATCHED)
        with pytest.raises(BadItem, match="no queue"):
            await intake.accept("nowhere", [make_item("a")])

        assert (await queue.stats(LIVE)).ready == 0


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("fault", [Fault.DROP_REPLY, Fault.RESET_INSIDE])
async def test_a_lost_reply_adds_nothing_twice(
    proxy: Proxy, queue: PriorityQueue, tmp_path: Path, way: Way, fault: Fault
) -> None:
    """The call is sent again under its ids."""
    async with intake_on(proxy.url, tmp_path) as (intake, _):
        proxy.fail_at(dict.fromkeys(range(2), fault))
        acceptance = await intake.accept(LIVE, make_items(3), way)
        await until("the spool is empty", lambda: not intake.status().spool_items)

        assert acceptance.items == 3
        assert (await queue.stats(LIVE)).ready == 3


async def test_a_failing_pipeline_falls_back_to_single_calls(
    proxy: Proxy, queue: PriorityQueue, tmp_path: Path
) -> None:
    """Where calls of several items do not get through, the items do one by one; nothing is spooled."""
    proxy.judge = lambda command: Fault.RESET_BEFORE if command.count(b"ten points") > 1 else None
    items = [make_item(f"{number}", payload=b"ten points") for number in range(3)]
    async with intake_on(proxy.url, tmp_path, answer_within_ms=3_000) as (intake, used):
        acceptance = await intake.accept(LIVE, items, Way.PIPELINE)

        assert acceptance == Acceptance(3, 30, 0, is_spooled=False)
        assert (await queue.stats(LIVE)).ready == 3
        assert used.metrics.totals.standard_items == 3


async def test_an_intake_is_seen_by_all_while_it_is_open(
    client: ServerClient, valkey_url: str, tmp_path: Path
) -> None:
    """Its heartbeat tells its breaker and its spool; when it ends it is gone at once."""
    async with intake_on(valkey_url, tmp_path) as (intake, _):
        seen = []
        for _ in range(round(PATIENCE_S / POLL_S)):
            if seen := await Intakes(client).alive():
                break
            await asyncio.sleep(POLL_S)

        assert [beat.status.breaker for beat in seen] == [intake.status().breaker]
    assert await Intakes(client).alive() == []


async def test_a_silent_server_is_answered_for_by_the_spool(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """With the server stopped every call is accepted; when it is back the items are in it, by priority."""
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100) as (intake, queue):
        await intake.accept(LIVE, [make_item("before", 50)])
        with own_server.frozen():
            calls = [intake.accept(LIVE, [make_item(f"{n}", n)], list(Way)[n % 4]) for n in range(20)]
            acceptances = await asyncio.gather(*calls)
            status = intake.status()
        await until("the spool is drained", lambda: not intake.status().spool_items)
        taken = await queue.lease_batch(LIVE, 100)

        assert all(one.is_spooled for one in acceptances)
        assert (status.breaker is not BreakerState.CLOSED, status.spool_items, status.spool_points) == (
            True,
            20,
            200,
        )
        assert ids(taken) == ["before", *(str(n) for n in reversed(range(20)))]


async def test_a_killed_server_loses_nothing(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Killed under load and started again: each accepted item is there, once."""
    accepted = []
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100, batch_wait_ms=5) as (intake, queue):

        async def send(sender: int) -> None:
            for number in range(30):
                item = make_item(f"{sender}-{number}", number % 3)
                await intake.accept(LIVE, [item], Way.BATCHED if sender % 2 else Way.PIPELINE)
                accepted.append(item.item_id)
                if len(accepted) == 60:
                    own_server.kill()

        async with asyncio.TaskGroup() as group:
            for sender in range(10):
                group.create_task(send(sender))
        own_server.start()
        await until("the spool is drained", lambda: not intake.status().spool_items)
        await check_queues(queue.client)

        assert sorted(ids(await queue.lease_batch(LIVE, 1000))) == sorted(accepted)


async def test_every_change_of_the_breaker_is_in_the_race_log(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """Opened with the reason, half open and closed, when the server is back to be told."""
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100) as (intake, queue):
        with own_server.frozen():
            await intake.accept(LIVE, make_items(1))
        await until("the breaker closes", lambda: intake.status().breaker is BreakerState.CLOSED)
        await until("the spool is drained", lambda: not intake.status().spool_items)
        told = await RaceLog(queue.client).tail(10)

        assert [entry.what for entry in told] == [
            "intake breaker open",
            "intake breaker half open",
            "intake breaker closed",
        ]
        assert "no answer within 0.1 s" in told[0].why


async def test_the_intake_opens_without_a_server(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """It spools from the first call on, and drains when a server comes."""
    own_server.kill()
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100) as (intake, queue):
        assert (await intake.accept(LIVE, make_items(2), Way.BATCHED)).is_spooled
        own_server.start()
        await until("the spool is drained", lambda: not intake.status().spool_items)

        assert (await queue.stats(LIVE)).ready == 2


async def test_a_spool_left_behind_is_drained_by_the_next_process(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """What one process could not bring in before it ended, another of the site does."""
    own_server.kill()
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100) as (intake, _):
        await intake.accept(UPLOAD_POINTS, make_items(3))
    own_server.start()

    async with intake_on(own_server.url, tmp_path) as (_, queue):
        await until("the file is gone", lambda: not list((tmp_path / "spool").glob("*.db")))

        assert (await queue.stats(UPLOAD_POINTS)).ready == 3


async def test_a_full_spool_is_buffers_full(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Neither server nor spool: refused with when to come again, and nothing of the call is kept."""
    own_server.kill()
    big = [make_item(f"{n}", payload=bytes(10_000)) for n in range(20)]
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100, spool_bytes=100_000) as (intake, _):
        with pytest.raises(BuffersFull) as refusal:
            await intake.accept(LIVE_POINTS, big)

        assert refusal.value.retry_after_s > 0
        assert (intake.status().spool_items, intake.has_room) == (0, False)
        assert (await intake.accept(LIVE_POINTS, big[:2])).is_spooled


async def test_a_server_out_of_memory_is_one_that_is_away(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """OOM counts: the spool takes over, and the server has it all once there is room."""
    async with intake_on(own_server.url, tmp_path) as (intake, queue):
        await queue.client.commands.config_set("maxmemory", "1")
        spooled = [
            (await intake.accept(LIVE, [make_item(f"{n}")], Way.STANDARD)).is_spooled for n in range(5)
        ]
        is_open = intake.status().breaker is not BreakerState.CLOSED
        await queue.client.commands.config_set("maxmemory", "0")
        await until("the spool is drained", lambda: not intake.status().spool_items)

        assert (spooled, is_open) == ([True] * 5, True)
        assert (await queue.stats(LIVE)).ready == 5


async def test_a_large_spool_is_drained_whole(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """In rounds with a heartbeat between them, without a pause: a second is not lost for each."""
    own_server.kill()
    async with intake_on(own_server.url, tmp_path, answer_within_ms=100) as (intake, queue):
        for prefix in "abc":
            await intake.accept(LIVE, make_items(1_500, prefix=prefix), Way.PIPELINE)
        own_server.start()
        await until("the spool is drained", lambda: not intake.status().spool_items)

        assert (await queue.stats(LIVE)).ready == 4_500
