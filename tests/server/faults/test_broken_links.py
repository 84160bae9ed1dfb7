"""Faults Q8 and Q9: links that are reset at every stage of a message, or swallow it without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from tests.server.faults.tools import assert_all_is_stored, send_each, working
from tests.server.faults.trackers import Trackers, has_recovered, posting, stored_by_a_worker
from tests.server.http.serving import served
from tests.server.pipeline.tools import make_flights, until
from tests.server.proxy import Fault, Proxy

SILENCE_S = 0.1


@pytest.mark.parametrize(
    ("fault", "every"),
    [
        (Fault.RESET_BEFORE, 5),
        (Fault.RESET_INSIDE, 5),
        (Fault.RESET_AFTER, 5),
        (Fault.DROP_REPLY, 5),
        (Fault.SWALLOW, 7),
    ],
)
async def test_links_that_break_lose_and_double_nothing(
    client: ServerClient, proxy: Proxy, tmp_path: Path, fault: Fault, every: int
) -> None:
    """One command in a few fails, of those who send and of those who store.

    A lost answer of a lease costs its items an attempt: five running would make dead letters of them.
    """
    flights = make_flights(25, points=5)
    proxy.choose = lambda number: fault if number % every == every - 1 else None
    url = proxy.url_with(SILENCE_S) if fault is Fault.SWALLOW else proxy.url

    async with open_client(url) as broken, working(broken, tmp_path / "rc.db"):
        await send_each(PriorityQueue(broken), flights)
        await assert_all_is_stored(client, tmp_path / "rc.db", flights)


@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.DROP_REPLY, Fault.SWALLOW])
async def test_what_was_accepted_over_broken_links_is_stored_once(
    client: ServerClient, proxy: Proxy, tmp_path: Path, fault: Fault
) -> None:
    """A service whose links to the server fail answers 202 all the same, and keeps its word."""
    async with served(proxy.url_with(0.5), tmp_path) as service:
        trackers = Trackers(posting(service))
        proxy.choose = lambda number: fault if number % 5 == 4 else None
        async with trackers.sending():
            await trackers.answers(60)
        proxy.fail_at({})
        await until("the spool is drained", lambda: has_recovered(service))

    assert set(trackers.statuses) == {202}
    assert await stored_by_a_worker(client, tmp_path / "stored.db") == sorted(trackers.accepted)
