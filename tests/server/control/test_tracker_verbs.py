"""Giving an unknown tracker to a pilot, with all that it has sent and will send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from racecontrol.control.site import Site, open_site
from racecontrol.control.trackers import TrackerVerbs
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.priority import LIVE, LIVE_POINTS, UPLOAD_POINTS
from racecontrol.domain.race import INITIAL_WINDOW_MS
from racecontrol.domain.roll import Owner, tracker_flight
from racecontrol.errors import RaceError
from racecontrol.formats.racefolder import race_folders, write_race
from racecontrol.pipeline import roll_watch
from racecontrol.pipeline.migrate import Migration
from racecontrol.pipeline.migrate_source import MigrationSource, Staging
from racecontrol.pipeline.roll_watch import RollWatch
from racecontrol.pipeline.spool_drain import drain
from racecontrol.pipeline.tracker_flow import TrackerFlow
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.codec import decode, encode
from racecontrol.queues.initial import InitialPoints
from racecontrol.queues.model import LeasedItem, NewItem
from racecontrol.queues.spool.spool import Spool
from racecontrol.server.client import ServerClient
from racecontrol.settings import Settings
from racecontrol.state.trackers import Trackers
from racecontrol.store.sqlite import SqliteStore
from tests.builders import make_fixes, make_flight
from tests.fixture_races import fixture_race
from tests.server.pipeline.tools import until

SENT = make_fixes(
    range(fixture_race().gun_ms - 60_000, fixture_race().gun_ms, 1000),
    flight=Flight("tracker/T9", source="live"),
)
BIB = fixture_race().pilots[0].bib
NEXT_WEEK_MS = fixture_race().gun_ms + 7 * 24 * 3_600_000


@pytest.fixture
async def site(client: ServerClient, valkey_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """A site on the run's server, with points of a tracker that nobody owns in its queue."""
    settings = Settings(data_dir=tmp_path, redis_url=valkey_url, operator="MJ")
    async with open_site(settings, warn=lambda _: None) as opened:
        items = [
            NewItem(f"i{number}", LIVE, len(chunk), encode(chunk))
            for number, chunk in enumerate(SENT.chunks(10))
        ]
        await opened.queue.enqueue(LIVE_POINTS, items)
        await Trackers(opened.client).see("T9")
        yield opened


async def work(site: Site) -> None:
    await Worker(site.queue, site.store, folders=race_folders(site.settings)).run(until_empty=True)


async def test_kept_points_flow_to_the_pilot(site: Site) -> None:
    """They become initial points too, and the tracker goes off the list."""
    await work(site)
    verbs = TrackerVerbs(site)

    done = await verbs.assign("T9", BIB, "R42")
    await work(site)

    assert (done.points, done.is_new) == (60, True)
    assert site.store.track(f"R42/{BIB}") == SENT.of_flight(Flight(f"R42/{BIB}", "R42", BIB, "live"))
    assert await verbs.unknown() == ()
    assert sum(len(one.fixes) for one in (await InitialPoints(site.client).read("R42")).kept) == 60


async def test_points_still_queued_follow(site: Site) -> None:
    """Assigned before any worker has run: they are the pilot's, and initial points, once they are stored."""
    done = await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)

    assert (done.points, await TrackerVerbs(site).unknown()) == (0, ())
    assert site.store.track(f"R42/{BIB}") == SENT.of_flight(Flight(f"R42/{BIB}", "R42", BIB, "live"))
    assert sum(len(one.fixes) for one in (await InitialPoints(site.client).read("R42")).kept) == 60


async def test_points_still_spooled_follow(site: Site, tmp_path: Path) -> None:
    """Taken while the server was away, brought in after the assignment."""
    spooled = make_fixes(range(SENT.time_ms[-1] + 1000, SENT.time_ms[-1] + 6000, 1000), flight=SENT.flight)
    spool = Spool(tmp_path / "spool", None)
    await spool.add(LIVE_POINTS, [NewItem("s", LIVE, len(spooled), encode(spooled))])
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)

    await drain(site.queue, spool)
    await spool.close()
    await work(site)

    (pilots,) = site.store.flights("R42")
    assert (pilots.flight.bib, pilots.points) == (BIB, 65)


async def enqueue(site: Site, fixes: Fixes, queue: str = LIVE_POINTS, priority: float = LIVE) -> None:
    """Queue the fixes as one item, and have a worker store it."""
    name = f"{fixes.flight.flight_id}:{fixes.time_ms[0]}"
    await site.queue.enqueue(queue, [NewItem(name, priority, len(fixes), encode(fixes))])


def heard_in(race_id: str, fixes: Fixes = SENT) -> Fixes:
    """The fixes, as a gateway of this race sends them of a tracker that it cannot know."""
    return fixes.of_flight(tracker_flight("T9", "live", race_id))


async def points_of(site: Site) -> dict[str, int]:
    return {one.flight.flight_id: one.points for one in site.store.flights()}


@pytest.mark.parametrize("is_assigned_first", [True, False])
async def test_points_of_another_races_gateway_stay_the_trackers(site: Site, is_assigned_first: bool) -> None:
    """A token of one race writes nothing into another, before an assignment or after it."""
    late = make_fixes(range(fixture_race().gun_ms, fixture_race().gun_ms + 5000, 1000))
    await enqueue(site, heard_in("OTHER", late))
    if is_assigned_first:
        await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)

    assert await points_of(site) == {f"R42/{BIB}": 60, "tracker/T9": 60, "tracker@OTHER/T9": 5}


@pytest.mark.parametrize("is_assigned_first", [True, False])
async def test_points_of_the_races_own_gateway_flow(site: Site, is_assigned_first: bool) -> None:
    """As those of a sender of no race do, though a third race heard the tracker too."""
    late = make_fixes(range(fixture_race().gun_ms, fixture_race().gun_ms + 5000, 1000))
    await enqueue(site, heard_in("OTHER"))
    await enqueue(site, heard_in("R42", late))
    if is_assigned_first:
        await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)
    done = await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)

    assert (await points_of(site))[f"R42/{BIB}"] == done.points == 65


async def migrated(site: Site, path: Path) -> None:
    """A worker stores what was migrated from there."""
    staging = Staging(path.parent / "migrations", MigrationSource(path))
    await Migration(staging, site.queue, site.store, is_verifying=False).run(lambda _: None)
    await work(site)


async def test_migrated_points_stay_the_trackers(site: Site, tmp_path: Path) -> None:
    """A table of another year, or another store's: no sender means the pilot of today with them."""
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)
    later = SENT.time_ms[-1] + 1000
    table = tmp_path / "table.csv"
    table.write_text(f"flight_id,datetime,lat,lon\ntracker/T9,{later},45,6\n")
    with SqliteStore(tmp_path / "other.db") as other:
        other.write([make_fixes([later + 1000], flight=SENT.flight)])

    await migrated(site, table)
    await migrated(site, tmp_path / "other.db")

    assert await points_of(site) == {f"R42/{BIB}": 60, "tracker/T9": 62}


@pytest.mark.parametrize("is_assigned_first", [True, False])
async def test_points_of_other_days_stay_the_trackers(site: Site, is_assigned_first: bool) -> None:
    """An assignment is for one race: what is more than a day from its gun is another's, or of a bad clock."""
    gun_ms = fixture_race().gun_ms
    ends = [gun_ms - INITIAL_WINDOW_MS, gun_ms + INITIAL_WINDOW_MS]
    odd = make_fixes([ends[0] - 1, *ends, ends[1] + 1], flight=SENT.flight)
    await enqueue(site, odd)
    if is_assigned_first:
        await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)
    done = await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)

    assert done.points == 62
    assert await points_of(site) == {f"R42/{BIB}": 62, "tracker/T9": 64}


async def test_what_follows_no_assignment_is_shown(site: Site) -> None:
    """A tracker of last week's race that no roster lists is one that nobody owns."""
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)
    assert await TrackerVerbs(site).unknown() == ()
    await enqueue(site, make_fixes(range(NEXT_WEEK_MS, NEXT_WEEK_MS + 5000, 1000), flight=SENT.flight))

    await work(site)

    assert [(one.serial, one.points) for one in await TrackerVerbs(site).unknown()] == [("T9", 5)]


async def test_what_another_races_gateway_heard_is_shown(site: Site) -> None:
    """It does not go to this race's pilot, though the tracker was assigned in it."""
    await work(site)
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    heard = make_fixes([SENT.time_ms[-1] + 1000], flight=tracker_flight("T9", "live", "R41"))
    await enqueue(site, heard)

    await work(site)

    assert [(one.serial, one.points) for one in await TrackerVerbs(site).unknown()] == [("T9", 1)]


async def test_a_tracker_goes_from_race_to_race(site: Site, tmp_path: Path) -> None:
    """Each race's points are its pilot's, whenever they come in: of two days the nearer gun counts."""
    day_ms, gun_ms = 24 * 3_600_000, fixture_race().gun_ms
    race = replace(fixture_race(), race_id="R43", gun_ms=gun_ms + day_ms, task=None)
    write_race(race, tmp_path / "races" / "R43", {})
    await work(site)
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    late = [gun_ms + 3_600_000, gun_ms + day_ms - 3_600_000]
    await enqueue(site, make_fixes(late, flight=SENT.flight))

    done = await TrackerVerbs(site).assign("T9", BIB, "R43")
    await work(site)

    assert done.points == 0
    assert await points_of(site) == {f"R42/{BIB}": 61, f"R43/{BIB}": 1, "tracker/T9": 62}
    assert (await TrackerVerbs(site).assign("T9", BIB, "R43")).points == 1


async def test_bulk_that_follows_stays_bulk(site: Site) -> None:
    """In its queue, at its priority, and no initial points: it never stands before live points."""
    await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)
    flight = replace(SENT.flight, source="upload")
    stored = make_fixes([SENT.time_ms[-1] + 1000], flight=flight)
    item = LeasedItem("0" * 16 + "http:1", 1, -1e12, 0, 1, encode(stored))

    await TrackerFlow(site.queue, race_folders(site.settings)).follow(UPLOAD_POINTS, [(item, stored)])

    (moved,) = (await site.queue.lease_batch(UPLOAD_POINTS, 9)).items
    assert (moved.priority, decode(moved.payload).flight) == (-1e12, make_flight(BIB, source="upload"))
    assert sum(len(one.fixes) for one in (await InitialPoints(site.client).read("R42")).kept) == 60


async def test_a_repeat_doubles_nothing(site: Site) -> None:
    """Neither points nor the entry of the log."""
    await work(site)
    for _ in range(2):
        await TrackerVerbs(site).assign("T9", BIB, "R42")
    await work(site)

    assert {one.flight.flight_id: one.points for one in site.store.flights("R42")} == {f"R42/{BIB}": 60}
    assert len([entry for entry in await site.log.tail(50) if entry.what == "tracker assigned"]) == 1


async def test_what_is_stored_of_an_unknown_tracker_is_counted(site: Site) -> None:
    """However it came, and whether or not the server was there when it did."""
    await Trackers(site.client).forget("T9")

    await work(site)

    assert [(one.serial, one.points) for one in await TrackerVerbs(site).unknown()] == [("T9", 60)]


async def test_an_assignment_killed_half_way_is_finished_by_the_next(site: Site) -> None:
    """The mapping stands already; the points come with the repeat."""
    await work(site)
    await Trackers(site.client).assign("T9", Owner("R42", BIB), "MJ")

    done = await TrackerVerbs(site).assign("T9", BIB, "R42")

    assert (done.points, done.is_new) == (60, False)


async def test_nobody_gets_a_tracker_who_is_not_in_the_race(site: Site) -> None:
    """A mistyped bib is said, and changes nothing."""
    with pytest.raises(RaceError, match="no bib 9999"):
        await TrackerVerbs(site).assign("T9", "9999", "R42")

    assert await TrackerVerbs(site).assignments() == {}


async def test_later_posts_go_to_the_pilot(site: Site) -> None:
    """The copy of every process knows within a second."""
    async with RollWatch(site.client, race_folders(site.settings)) as watch:
        before = watch.roll
        await Trackers(site.client).assign("T9", Owner("R42", BIB), "MJ")

        async def is_known() -> bool:
            return watch.roll.owner_of("T9", SENT.time_ms[0]) == Owner("R42", BIB)

        await until("the assignment is known", is_known)
        assert before.owner_of("T9", SENT.time_ms[0]) is None


async def test_a_roll_that_cannot_be_read_is_read_again(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault that nobody foresaw is in the log while the service runs; later assignments are known."""

    def fail(*_: object) -> None:
        raise RuntimeError("odd folder")

    async with RollWatch(site.client, race_folders(site.settings)) as watch:
        with monkeypatch.context() as patched:
            patched.setattr(roll_watch, "FOLDERS_EVERY_S", 0.0)
            patched.setattr(roll_watch, "list_races", fail)

            async def is_told() -> bool:
                return "RollWatch: failed" in caplog.text

            await until("the fault is told", is_told)
        await Trackers(site.client).assign("T9", Owner("R42", BIB), "MJ")

        async def is_known() -> bool:
            return "T9" in watch.roll.assignments

        await until("the assignment is known", is_known)
