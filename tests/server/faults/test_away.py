"""Fault Q5: the server stops answering for 5 s, is killed, and comes back, while trackers send."""

from __future__ import annotations

import asyncio
from pathlib import Path

from racecontrol.domain.intake import BreakerState
from tests.server.faults.trackers import BIBS, Trackers, has_recovered, stored_by_a_worker
from tests.server.http.serving import served
from tests.server.pipeline.tools import until
from tests.server.tools import ValkeyProcess

FROZEN_S = 5.0
DEADLINE_S = 1.0


async def test_what_was_accepted_meanwhile_is_stored_once(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Every 202 is in the store, answers keep coming within a second, and the breaker closes again."""
    async with served(own_server.url, tmp_path) as service:
        trackers = Trackers(service)
        sending = [asyncio.create_task(trackers.send(bib)) for bib in BIBS]
        await trackers.answers(20)
        with own_server.frozen():
            await asyncio.sleep(FROZEN_S)
            was_open = service.service.intake.status().breaker is not BreakerState.CLOSED
        await asyncio.to_thread(own_server.kill)
        await trackers.answers(50)
        await asyncio.to_thread(own_server.start)
        await until("the spool is drained", lambda: has_recovered(service))
        trackers.is_over = True
        await asyncio.gather(*sending)
        await until("the spool is drained", lambda: has_recovered(service))
        stored = await stored_by_a_worker(service.site.client, tmp_path / "stored.db")

    slowest = sorted(trackers.answered_in_s)
    assert was_open
    assert (set(trackers.statuses), stored) == ({202}, sorted(trackers.accepted))
    assert slowest[len(slowest) * 99 // 100] < DEADLINE_S
