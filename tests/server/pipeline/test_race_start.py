"""The race start on a real server: what is queued, who wins, and what a failure half way leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.domain.race import RaceState
from racecontrol.errors import AlreadyStarted, RaceStateError
from racecontrol.pipeline.gather import gather
from racecontrol.pipeline.report import StartProgress, document
from racecontrol.pipeline.start import RaceStart, start_items
from racecontrol.queues.codec import decode
from racecontrol.queues.model import LeasedItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.server.keys import race as race_key
from racecontrol.state.races import Races
from tests.builders import make_fixes, make_flight
from tests.fixture_races import expected_of, fixture_race
from tests.server.proxy import Fault, Proxy


def start_of(client: ServerClient, operator: str = "MJ") -> RaceStart:
    return RaceStart(fixture_race(), operator, PriorityQueue(client), Races(client), is_durable=True)


async def drained(queue: PriorityQueue) -> list[LeasedItem]:
    """Everything that is ready, in the order in which it is served."""
    served: list[LeasedItem] = []
    while batch := (await queue.lease_batch(LIVE_POINTS, 1000)).items:
        served += batch
        await queue.ack(LIVE_POINTS, batch)
    return served


def points_by_bib(items: Sequence[LeasedItem]) -> dict[str, int]:
    flights: list[Fixes] = [decode(item.payload) for item in items]
    return {flight.flight.bib: len(flight) for flight in flights}


async def test_start_queues_the_initial_points_of_every_pilot(client: ServerClient) -> None:
    """Counts of the race and of every pilot equal what the fixture's generator put in."""
    expected = expected_of()
    start = start_of(client)

    report = await start.start()

    assert (report.pilots, report.flights_queued, report.points) == (
        expected["pilots"],
        expected["flights_queued"],
        expected["points"],
    )
    assert points_by_bib(await drained(start.queue)) == {
        bib: pilot["initial_points"] for bib, pilot in expected["bibs"].items() if pilot["initial_points"]
    }


async def test_start_reports_pilots_without_initial_points(client: ServerClient) -> None:
    """Who cannot be started is named with the reason, and blocks nobody."""
    report = await start_of(client).start()

    assert [one.bib for one in report.rejected] == expected_of()["rejected"]
    assert all(one.reason for one in report.rejected)


async def test_report_has_the_fields_of_the_json_answer(client: ServerClient) -> None:
    """Scripts rely on these names."""
    report = await start_of(client).start()

    assert list(document(report)) == [
        "race",
        "pass",
        "operator",
        "pilots",
        "flights_queued",
        "points",
        "items",
        "rejected",
        "priority",
        "method",
        "round_trips",
        "gather_ms",
        "enqueue_ms",
        "durable",
    ]


async def test_initial_points_are_served_before_what_waited(client: ServerClient) -> None:
    """Work of priority 1 that came first is served last, in its own order."""
    start = start_of(client)
    waiting = [(make_fixes([t], flight=make_flight(str(t))), 1.0) for t in (1000, 2000, 3000)]
    await start.queue.queue_points_batch(LIVE_POINTS, waiting)

    report = await start.start()

    served = await drained(start.queue)
    assert {item.priority for item in served[: report.items]} == {1000.0}
    assert [decode(item.payload).flight.bib for item in served[report.items :]] == ["1000", "2000", "3000"]


async def test_initial_points_are_served_in_roster_order(client: ServerClient) -> None:
    """First in, first out inside priority 1000."""
    start = start_of(client)

    await start.start()

    bibs = [pilot.bib for pilot in fixture_race().pilots if pilot.bib not in expected_of()["rejected"]]
    assert [decode(item.payload).flight.bib for item in await drained(start.queue)] == bibs


async def test_progress_ends_with_everything_done(client: ServerClient) -> None:
    """Both stages count up to their totals."""
    told: list[StartProgress] = []

    report = await start_of(client).start(told.append)

    last_of = {progress.stage: progress for progress in told}
    assert {stage: (last.done, last.total) for stage, last in last_of.items()} == {
        "gather": (40, 40),
        "enqueue": (report.items, report.items),
    }
    assert last_of["enqueue"].points == report.points


async def test_second_start_gets_the_report_of_the_first(client: ServerClient) -> None:
    """A finished pass answers with its report, and queues nothing."""
    first = await start_of(client).start()

    with pytest.raises(AlreadyStarted, match=rf"started by MJ .* {first.points:,} points") as refused:
        await start_of(client, "Ana").start()

    assert refused.value.report is not None
    assert refused.value.report["points"] == first.points
    assert (await PriorityQueue(client).stats(LIVE_POINTS)).points_in == first.points


async def test_one_of_two_callers_at_once_wins(client: ServerClient) -> None:
    """The other learns who is starting, and nothing is queued twice."""
    results = await asyncio.gather(
        start_of(client, "Ana").start(), start_of(client, "Bo").start(), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["AlreadyStarted", "StartReport"]
    assert (await PriorityQueue(client).stats(LIVE_POINTS)).points_in == expected_of()["points"]


async def test_recall_withdraws_what_was_not_served(client: ServerClient) -> None:
    """What a worker has in hand stays with it; the rest is taken back, and a new pass begins."""
    start = start_of(client)
    report = await start.start()
    in_hand = (await start.queue.lease_batch(LIVE_POINTS, 3)).items

    recalled = await start.recall()

    assert recalled.pass_number == 2
    assert recalled.withdrawn_items == report.items - 3
    assert recalled.withdrawn_points == report.points - sum(item.points for item in in_hand)
    assert await start.queue.ack(LIVE_POINTS, in_hand) == 3


async def test_race_can_be_started_again_after_a_recall(client: ServerClient) -> None:
    """The next pass queues everything once more."""
    start = start_of(client)
    first = await start.start()
    await start.recall()

    second = await start.start()

    assert (second.pass_number, second.points) == (2, first.points)
    assert len(await drained(start.queue)) == second.items


async def test_start_from_a_stale_screen_is_refused(client: ServerClient) -> None:
    """Who still sees pass 1 does not start pass 2 by accident."""
    start = start_of(client)
    await start.start()
    await start.recall()

    with pytest.raises(RaceStateError, match="moved on"):
        await start.start(seen_pass=1)


async def test_recall_under_a_start_leaves_nothing_of_it(client: ServerClient) -> None:
    """A start that is recalled while it gathers ends with who recalled it, and withdraws what it sent."""
    start, race_id = start_of(client), fixture_race().race_id
    recalls: list[asyncio.Task[object]] = []

    def recall_once(progress: StartProgress) -> None:
        if not recalls and progress.stage == "gather":
            recalls.append(asyncio.create_task(start_of(client, "Ana").recall()))

    with pytest.raises(RaceStateError, match="recalled by Ana"):
        await start.start(recall_once)
    await recalls[0]

    assert (await start.queue.stats(LIVE_POINTS)).held == 0
    assert (await start.races.status(race_id)).state is RaceState.READY


@pytest.mark.parametrize("fault", list(Fault)[:-1])
async def test_broken_link_adds_nothing_twice(client: ServerClient, proxy: Proxy, fault: Fault) -> None:
    """Whatever happens to the enqueue's first call, every item is queued exactly once."""
    async with open_client(proxy.url) as through_proxy:
        start = RaceStart(fixture_race(), "MJ", PriorityQueue(through_proxy), Races(client), is_durable=True)
        proxy.fail_at({0: fault})
        report = await start.start()

    stats = await PriorityQueue(client).stats(LIVE_POINTS)
    assert (stats.enqueued_items, stats.points_in) == (report.items, expected_of()["points"])


async def test_start_that_failed_half_way_is_finished_by_the_next(client: ServerClient) -> None:
    """A start whose server is gone leaves its claim; once that is silent, the same pass is finished."""
    start = start_of(client)
    token = "of-a-process-that-died"
    await start.races.begin_start("R42", "Ana", token)
    gathered = await gather(start.race)
    await start.queue.enqueue(LIVE_POINTS, list(start_items("R42", 1, gathered.flights[:5])))
    await client.commands.hset(race_key("R42"), "beat_ms", 0)

    report = await start.start()

    assert (report.pass_number, report.points) == (1, expected_of()["points"])
    assert len(await drained(start.queue)) == report.items
