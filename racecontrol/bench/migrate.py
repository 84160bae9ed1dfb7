"""A migration: the method replaced and `racecontrol migrate`, from one table, into one server.

Both end when the queue server has synced every point. What ours does besides, and the method replaced
never did (workers store the points, and every flight is compared with the store), is told by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from racecontrol.bench.enqueue import ITEM_POINTS
from racecontrol.bench.migrate_sources import STORE, Sources, items_of_table, write_sources
from racecontrol.bench.replaced import enqueue_singly
from racecontrol.bench.result import Goal, Measured, times_faster
from racecontrol.bench.rig import Method, Rig
from racecontrol.bench.workload import make_flights, scaled
from racecontrol.control.workers import WorkerPool
from racecontrol.pipeline.migrate import Migration
from racecontrol.pipeline.migrate_source import MigrationSource, Staging
from racecontrol.queues.queue import PriorityQueue
from racecontrol.settings import load_settings
from racecontrol.state.workers import Workers
from racecontrol.store.sqlite import SqliteStore

FLIGHTS: Final = 10
FLIGHT_POINTS: Final = 5_000
"""50,000 points in all."""

SINGLE_SHARE: Final = 25
"""One in so many points goes in by itself: 50,000 calls would take half a minute a round."""

REPLACED: Final = f"replaced, {ITEM_POINTS} points a call"
REPLACED_POINTS: Final = "replaced, a point a call"
QUEUED: Final = "racecontrol, {}: queued"
STORED: Final = "racecontrol, CSV: all of it"

_QUEUED: Final = "{}, times the replaced single calls"
_BAR: Final = 20
_LOOK_S: Final = 0.02


async def measure_migrate(rig: Rig, scale: float) -> list[Measured]:
    """`scale` of 50,000 points. The rig's server must be the bench's own: its queues are emptied."""
    flights = make_flights(FLIGHTS, scaled(FLIGHT_POINTS, scale))
    with TemporaryDirectory(prefix="rc-bench-", ignore_cleanup_errors=True) as folder:
        sources = write_sources(Path(folder), flights, SINGLE_SHARE)
        return [await _queued(rig, sources), await _stored(rig, sources)]


async def _queued(rig: Rig, sources: Sources) -> Measured:
    """From a file to the server's answer that all is synced."""
    with SqliteStore(sources.table.with_name("unused.db")) as store:
        ours = {QUEUED.format(kind): _queueing(rig, path, store) for kind, path in sources.by_kind.items()}
        seconds = await rig.measure(
            {
                REPLACED: Method(lambda: _singly(rig, sources.table, ITEM_POINTS)),
                REPLACED_POINTS: Method(lambda: _singly(rig, sources.table_of_few, 1)),
                **ours,
            }
        )
    seconds[REPLACED_POINTS] *= SINGLE_SHARE
    checks = [
        times_faster(Goal(_QUEUED.format(name), "x", _BAR), seconds, REPLACED, name)
        for name in ours
        if name != QUEUED.format(STORE)
    ]
    notes = (
        "all from a file at rest to the server's answer that every point is synced; no worker runs",
        f"{STORE} has no bar: the replaced method read none, and SQLite gives its rows one by one",
        f"{REPLACED_POINTS}: measured with one point in {SINGLE_SHARE}, and multiplied",
    )
    points = sources.points
    return Measured(
        "migration, queued and synced", points, points // ITEM_POINTS, seconds, tuple(checks), notes
    )


async def _singly(rig: Rig, table: Path, item_points: int) -> None:
    await enqueue_singly(rig.client, rig.replaced_key, items_of_table(table, item_points))


def _queueing(rig: Rig, path: Path, store: SqliteStore) -> Method:
    migrations: list[Migration] = []
    folders = (path.with_name(f"{path.name}-{number}") for number in count())

    async def prepare() -> None:
        await rig.clear_site()
        migrations.append(_migration(rig, path, next(folders), store))

    async def work() -> None:
        migration = migrations.pop()
        with migration.staging:
            await migration.queue_all(lambda _: None)

    return Method(work, prepare)


async def _stored(rig: Rig, sources: Sources) -> Measured:
    """The whole command, beside a worker that runs already."""
    async with AsyncExitStack() as stack:
        sites = (sources.table.with_name(f"site-{number}") for number in count())
        migrations: list[Migration] = []

        async def prepare() -> None:
            await stack.aclose()
            await rig.clear_site()
            folder = next(sites)
            await stack.enter_async_context(_worker(rig, folder))
            store = stack.enter_context(SqliteStore(folder / "racecontrol.db"))
            migrations.append(_migration(rig, sources.table, folder, store))

        async def work() -> None:
            migration = migrations.pop()
            with migration.staging:
                report = await migration.run(lambda _: None)
            assert not report.differing

        seconds = await rig.measure({STORED: Method(work, prepare)})
    notes = ("read, queued, stored by one worker, every flight compared: what the replaced method never did",)
    return Measured("migration, stored and compared", sources.points, FLIGHTS, seconds, (), notes)


def _migration(rig: Rig, path: Path, folder: Path, store: SqliteStore) -> Migration:
    return Migration(Staging(folder, MigrationSource(path)), PriorityQueue(rig.client), store)


@asynccontextmanager
async def _worker(rig: Rig, folder: Path) -> AsyncIterator[None]:
    """A worker of the site in a folder, from its first heartbeat on."""
    settings = load_settings({"data_dir": folder, "redis_url": rig.url})
    workers = Workers(rig.client)
    async with WorkerPool(settings, 1):
        while not await workers.alive():  # noqa: ASYNC110  (another process decides)
            await asyncio.sleep(_LOOK_S)
        yield
