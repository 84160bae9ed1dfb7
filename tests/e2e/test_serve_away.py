"""Fault Q5 on real processes: the server stops answering for 5 s, is killed and comes back, under load."""

from __future__ import annotations

import asyncio
import signal

import pytest

from tests.e2e.cli import Cli
from tests.e2e.live_service import live_service
from tests.fixture_races import fixture_race
from tests.server.faults.trackers import Trackers, fixes_in

FROZEN_S = 5.0
DEADLINE_S = 1.0
MOST_GROWTH_KB = 20 * 1024
BIBS = tuple(pilot.bib for pilot in fixture_race().pilots[:20])


@pytest.mark.timeout(120)
async def test_what_was_accepted_meanwhile_is_stored_once(cli: Cli) -> None:
    """Every 202 is in the store, answers come within a second, and the spool empties by itself."""
    async with live_service(cli) as service:
        trackers = Trackers(service.post)
        async with trackers.sending(BIBS):
            await trackers.answers(100)
            before_kb = service.running.memory_kb
            service.signal_server(signal.SIGSTOP)
            await asyncio.sleep(FROZEN_S)
            frozen, grown_kb = await service.metrics(), service.running.memory_kb - before_kb
            service.signal_server(signal.SIGKILL)
            await trackers.answers(200)
        told = await service.until_all_is_stored()

    print(f"{trackers.statuses.total()} answers, p99 {trackers.p99_s * 1000:.0f} ms, {grown_kb} kB more")  # noqa: T201
    assert frozen["racecontrol_intake_breaker_open"] == 1
    assert frozen["racecontrol_intake_spool_items"] > 0
    assert set(trackers.statuses) == {202}
    assert fixes_in(cli.data_dir / "racecontrol.db") == sorted(trackers.accepted)
    assert told["racecontrol_queue_in_points_total"] == len(trackers.accepted)
    assert grown_kb < MOST_GROWTH_KB
    assert trackers.p99_s < DEADLINE_S
