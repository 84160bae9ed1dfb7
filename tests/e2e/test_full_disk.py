"""Fault Q10 on real processes: server, spool and store on one disk, and it is full."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.cli import Cli
from tests.e2e.live_service import live_service
from tests.fixture_races import fixture_race
from tests.server.faults.trackers import Trackers, fixes_in
from tests.server.pipeline.tools import until
from tests.server.small_disk import SmallDisk, small_disk

SIZE_MB = 8
BIBS = tuple(pilot.bib for pilot in fixture_race().pilots[:5])


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with small_disk(SIZE_MB) as mounted:
        yield mounted


@pytest.fixture
def site(disk: SmallDisk) -> Iterator[Cli]:
    """All that a site keeps on one small disk."""
    cli = Cli(disk.path / "site")
    yield cli
    cli("server", "stop")


def is_whole(database: Path) -> bool:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.long
async def test_a_full_disk_under_everything_costs_nothing(site: Cli, disk: SmallDisk) -> None:
    """What cannot be kept is answered 503; with room again all goes on, and every 202 is stored once."""
    async with live_service(site) as service:
        trackers = Trackers(service.post)

        async def is_refused() -> bool:
            return trackers.statuses[503] > 20

        async with trackers.sending(BIBS):
            await trackers.answers(50)
            disk.fill()
            await until("nothing is taken any more", is_refused)
            taken = len(trackers.accepted)
            disk.free()

            async def is_taken() -> bool:
                return len(trackers.accepted) > taken + 50

            await until("points are taken again", is_taken)
        told = await service.until_all_is_stored()

    print(dict(trackers.statuses))  # noqa: T201
    assert set(trackers.statuses) == {202, 503}
    assert fixes_in(site.data_dir / "racecontrol.db") == sorted(trackers.accepted)
    assert told["racecontrol_queue_in_points_total"] >= len(trackers.accepted)
    assert is_whole(site.data_dir / "racecontrol.db")
