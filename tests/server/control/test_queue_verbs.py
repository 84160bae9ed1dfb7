"""What an operator does to a queue, against a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from racecontrol.control.queue_verbs import QueueVerbs
from racecontrol.control.site import Site, open_site
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.server.client import ServerClient
from racecontrol.settings import Settings


@pytest.fixture
async def site(client: ServerClient, valkey_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on the run's server, emptied, with two items of which one is dead."""
    settings = Settings(data_dir=tmp_path, redis_url=valkey_url, operator="MJ")
    async with open_site(settings, warn=lambda _: None) as opened:
        await opened.queue.enqueue(LIVE_POINTS, [NewItem("poison", 100, 7, b"?")])
        (poison,) = (await opened.queue.lease_batch(LIVE_POINTS, 1)).items
        await opened.queue.bury(LIVE_POINTS, [poison], "cannot be read")
        await opened.queue.enqueue(LIVE_POINTS, [NewItem("good", 1, 3, b"!")])
        yield opened


async def told(site: Site) -> list[tuple[str, str]]:
    """Who did what, by the race log."""
    return [(entry.operator, entry.what) for entry in await site.log.tail(10)]


async def test_look_tells_head_and_dead_letters(site: Site) -> None:
    """What is served next, and what died of what."""
    look = await QueueVerbs(site).look(LIVE_POINTS)

    assert [item.member[16:] for item in look.head] == ["good"]
    assert [(letter.member[16:], letter.reason) for letter in look.dead] == [("poison", "cannot be read")]


async def test_pause_and_resume_are_logged(site: Site) -> None:
    """The queue stands, then goes on; the log has who did both."""
    verbs = QueueVerbs(site)
    await verbs.pause(LIVE_POINTS, True)
    standing = await site.queue.stats(LIVE_POINTS)
    await verbs.pause(LIVE_POINTS, False)

    assert (standing.is_paused, (await site.queue.stats(LIVE_POINTS)).is_paused) == (True, False)
    assert await told(site) == [("MJ", "live_points paused"), ("MJ", "live_points resumed")]


@pytest.mark.parametrize(
    ("verb", "left", "said"),
    [("revive", (2, 0), "1 dead letters revived"), ("purge", (1, 0), "1 items purged")],
)
async def test_revive_and_purge_are_logged_once(
    site: Site, verb: str, left: tuple[int, int], said: str
) -> None:
    """A second press finds nothing, and tells nothing."""
    verbs = QueueVerbs(site)
    members = [letter.member for letter in (await verbs.look(LIVE_POINTS)).dead]
    do = verbs.revive if verb == "revive" else verbs.purge
    counts = (await do(LIVE_POINTS, members), await do(LIVE_POINTS, members))
    stats = await site.queue.stats(LIVE_POINTS)

    assert (counts, (stats.ready, stats.dead)) == ((1, 0), left)
    assert await told(site) == [("MJ", f"live_points: {said}")]
