"""The live feed of a site with a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from racecontrol.control.feed import LiveFeed
from racecontrol.control.site import Site, open_site
from racecontrol.control.verbs import RaceVerbs
from racecontrol.domain.priority import LIVE_POINTS, SCORING_POINTS
from racecontrol.domain.race import RaceState
from racecontrol.pipeline.worker import Worker
from racecontrol.server.client import ServerClient
from racecontrol.settings import Settings
from racecontrol.telemetry.snapshot import Snapshot
from tests.builders import make_fixes
from tests.fixture_races import expected_of, fixture_race
from tests.server.embedded import kill_server
from tests.server.tools import ValkeyProcess


@asynccontextmanager
async def site_on(url: str, data_dir: Path) -> AsyncIterator[Site]:
    """A site on a server of the test's."""
    settings = Settings(data_dir=data_dir, redis_url=url, operator="MJ")
    async with open_site(settings, warn=lambda _: None) as site:
        yield site


@pytest.fixture
async def site(client: ServerClient, valkey_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on the run's server, emptied."""
    async with site_on(valkey_url, tmp_path) as opened:
        yield opened


async def tick_until(
    feed: LiveFeed, what: str, is_true: Callable[[Snapshot], bool], timeout_s: float = 15
) -> Snapshot:
    """Tick until a snapshot is as described."""
    snapshot = await feed.tick()
    try:
        async with asyncio.timeout(timeout_s):
            while not is_true(snapshot):
                await asyncio.sleep(0.01)
                snapshot = await feed.tick()
    except TimeoutError:
        raise AssertionError(f"never happened within {timeout_s:g} s: {what}; last: {snapshot}") from None
    return snapshot


async def test_feed_shows_the_fixture_before_its_start(site: Site) -> None:
    """R42 waits on its own clock, with its pilots judged from the race folder."""
    race, expected = fixture_race(), expected_of()
    async with LiveFeed(site, race) as feed:
        await feed.tick()
        await feed.settle()
        snapshot = await feed.tick()

    assert snapshot.race is not None
    assert (snapshot.race.state, snapshot.race.has_own_clock) == (RaceState.READY, True)
    assert snapshot.race.gun_ms - snapshot.race.clock_ms == 300_000
    ready = [pilot for pilot in expected["bibs"].values() if pilot["state"] in ("flying", "ground")]
    assert snapshot.race.ready_pilots == len(ready)


async def test_feed_follows_a_start_into_the_store(site: Site) -> None:
    """The start is in the race lane, then in the pilots' rows, and the log tells who did it."""
    race, expected = fixture_race(), expected_of()
    async with LiveFeed(site, race) as feed:
        await RaceVerbs(site, race).start()
        queued = await feed.tick()
        await Worker(site.queue, site.store).run(until_empty=True)
        stored = await tick_until(
            feed, "all points are in rows", lambda shown: total_points(shown) == expected["points"]
        )

    race_lane = next(lane for lane in queued.queues[0].lanes if lane.name == "race")
    assert race_lane.ready == queued.queues[0].depth == expected["flights_queued"]
    assert stored.race is not None
    assert (stored.race.state, stored.race.started_by) == (RaceState.RUNNING, "MJ")
    assert stored.race.clock_ms == race.gun_ms
    assert [line.operator for line in stored.log if line.what == "started"] == ["MJ"]


def total_points(snapshot: Snapshot) -> int:
    return sum(pilot.points for pilot in snapshot.pilots)


async def test_feed_shows_another_process_mode_within_a_tick(site: Site) -> None:
    """Competition mode set elsewhere is in the next snapshot."""
    async with LiveFeed(site) as feed:
        before = await feed.tick()
        await site.modes.set_mode(True, "EH")
        after = await feed.tick()

    assert (before.mode.is_competition, after.mode.is_competition, after.mode.operator) == (False, True, "EH")


async def test_feed_shows_only_the_log_of_its_race_and_of_the_site(site: Site) -> None:
    """Another race's entries are not for this screen."""
    for race_id in ("R42", "", "OTHER"):
        await site.log.append(race_id, "MJ", f"of {race_id or 'the site'}")
    async with LiveFeed(site, fixture_race()) as feed:
        snapshot = await feed.tick()

    assert [line.what for line in snapshot.log] == ["of R42", "of the site"]


async def test_feed_alerts_a_paused_queue(site: Site) -> None:
    """A queue that somebody paused is an alert at once."""
    await site.queue.pause(SCORING_POINTS)
    async with LiveFeed(site) as feed:
        snapshot = await feed.tick()

    assert "paused:scoring_points" in [alert.key for alert in snapshot.alerts]


async def test_feed_keeps_the_last_known_values_while_the_server_is_away(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """With the server dead, a tick gives what was known, marked, with one critical alert."""
    async with site_on(own_server.url, tmp_path) as site:
        await site.queue.queue_points(LIVE_POINTS, make_fixes())
        async with LiveFeed(site, fixture_race()) as feed:
            known = await feed.tick()
            own_server.kill()
            away = await feed.tick()

    assert (known.server.is_up, away.server.is_up) == (True, False)
    assert away.queues == known.queues
    assert away.server.error
    assert away.alerts[0].key == "server"


async def test_feed_comes_back_with_the_server(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """A server that is started again is up at the next tick, and its alert clears."""
    async with site_on(own_server.url, tmp_path) as site, LiveFeed(site) as feed:
        await feed.tick()
        own_server.kill()
        await feed.tick()
        own_server.restart()
        await tick_until(feed, "the server is up", lambda shown: shown.server.is_up)
        cleared = await tick_until(feed, "the alert cleared", lambda shown: not shown.alerts)

    assert (cleared.server.error, cleared.server.stale_s) == ("", 0.0)


async def test_feed_tells_a_frozen_server_and_recovers(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """A server that does not answer is shown as down by one tick; the answers after it are the right ones."""
    async with site_on(own_server.url, tmp_path) as site, LiveFeed(site) as feed:
        await site.queue.queue_points(LIVE_POINTS, make_fixes())
        await feed.tick()
        await feed.settle()
        with own_server.frozen():
            frozen = await feed.tick()
        thawed = await tick_until(feed, "the server is up", lambda shown: shown.server.is_up)

    assert (frozen.server.is_up, frozen.server.error) == (False, "no answer within 0.9 s")
    assert thawed.queues[0].stats.points_in == frozen.queues[0].stats.points_in == 3


async def test_feed_has_a_dead_embedded_server_revived(tmp_path: Path) -> None:
    """An embedded server that was killed is back because the feed ticks, with what it held."""
    settings = Settings(data_dir=tmp_path)
    async with open_site(settings, warn=lambda _: None) as site, LiveFeed(site) as feed:
        await site.queue.queue_points(LIVE_POINTS, make_fixes())
        await feed.tick()
        kill_server(settings.server_dir)
        dead = await feed.tick()
        revived = await tick_until(feed, "the server is up", lambda shown: shown.server.is_up)

    assert not dead.server.is_up
    assert revived.queues[0].depth == 1
