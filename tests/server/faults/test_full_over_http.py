"""Faults Q7 and Q10 over HTTP: every buffer full, for want of memory or of a disk.

What is answered 202 is stored once; what cannot be kept is answered 503 with Retry-After; and with
room again the service takes points by itself.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from racecontrol.domain.priority import UPLOAD_POINTS
from racecontrol.domain.sender import SenderKind
from racecontrol.state.workers import Workers
from tests.fixture_races import fixture_race
from tests.server.faults.tools import working
from tests.server.faults.trackers import has_recovered, stored_by_a_worker
from tests.server.http.serving import Reply, Served, live_body, served
from tests.server.pipeline.tools import until
from tests.server.small_disk import files_no_larger_than, small_disk
from tests.server.tools import ValkeyProcess

UPLOAD = "/api/v2/uploads/process"
POINTS = 3_000
BIBS = tuple(pilot.bib for pilot in fixture_race().pilots)
ROOM_BYTES = 400_000
SERVER_ROOM_BYTES = 2_000_000
"""Scripts and links of its clients take half a megabyte of it."""

Disk: TypeAlias = Callable[[Path], AbstractContextManager[tuple[Path, AbstractContextManager[None]]]]
"""Gives the folder of a spool, and a block in which its disk is full."""


class Uploader:
    """Posts flights one after the other, none like another. accepted: the bib of each."""

    def __init__(self, service: Served) -> None:
        self._service = service
        self._token = service.token(SenderKind.RACE, "R42")
        self._posted = 0
        self.accepted: list[str] = []

    async def post(self) -> Reply:
        bib, hour = BIBS[self._posted % len(BIBS)], self._posted // len(BIBS)
        self._posted += 1
        reply = await self._service.post(UPLOAD, _flight(bib, hour), self._token)
        if reply.status == 202:
            self.accepted.append(bib)
        return reply

    async def until_refused(self, most: int = 400) -> Reply:
        """Post until one is not taken; its answer."""
        for _ in range(most):
            reply = await self.post()
            if reply.status != 202:
                return reply
        raise AssertionError(f"{most} flights were taken, and nothing was ever full")


def _flight(bib: str, hour: int) -> dict[str, Any]:
    """Points that no codec makes small."""
    dice = random.Random(f"{bib} {hour}")
    track: dict[str, Any] = live_body(f"R42/{bib}", POINTS)
    for point in track["track_points"]:
        point["datetime"] = point["datetime"].replace("T11:", f"T{hour:02}:")
        point |= {"lat": round(dice.uniform(-90, 90), 7), "lon": round(dice.uniform(-180, 180), 7)}
    return track


def assert_is_refused_for_now(reply: Reply) -> None:
    """503 in words, with when to come again."""
    assert reply.status == 503, reply.text
    assert int(reply.headers["Retry-After"]) >= 1
    assert reply.document["detail"]


async def assert_is_stored(service: Served, bibs: list[str], database: Path) -> None:
    """Each accepted flight once, with all its points, and no other."""
    await until("the spool is drained", lambda: has_recovered(service))
    stored = await stored_by_a_worker(service.site.client, database)
    assert Counter(bib for bib, _ in stored) == {bib: POINTS * bibs.count(bib) for bib in bibs}
    assert len(set(stored)) == len(stored)


async def test_a_server_out_of_memory_and_a_full_spool_answer_503(
    own_server: ValkeyProcess, tmp_path: Path
) -> None:
    """Fault Q7: until workers have made room in the server; what was spooled follows, and posts are taken."""
    database = tmp_path / "stored.db"
    async with served(own_server.url, tmp_path, spool_bytes=ROOM_BYTES) as service:
        uploader, commands = Uploader(service), service.site.client.commands
        used_bytes = (await commands.info("memory"))["used_memory"]
        await commands.config_set("maxmemory", used_bytes + SERVER_ROOM_BYTES)
        refused = await uploader.until_refused()

        async def is_unready() -> bool:
            # It tries again by itself meanwhile, and may find room for one more.
            await uploader.until_refused()
            return (await service.ask("GET", "/readyz", None)).status == 503

        await until("the service says that it takes nothing", is_unready)
        was_spooled = service.service.intake.status().spool_items
        async with working(service.site.client, database):
            await until("the service has recovered", lambda: has_recovered(service))
        taken = await uploader.post()
        await assert_is_stored(service, uploader.accepted, database)

    assert_is_refused_for_now(refused)
    assert (was_spooled > 0, taken.status) == (True, 202)


@contextmanager
def limited_files(folder: Path) -> Iterator[tuple[Path, AbstractContextManager[None]]]:
    """No file of this process may grow: what a full disk is to a writer, without root."""
    yield folder, files_no_larger_than(ROOM_BYTES)


@contextmanager
def full_disk(_: Path) -> Iterator[tuple[Path, AbstractContextManager[None]]]:
    """A file system without room."""
    with small_disk(2) as disk:
        yield disk.path, disk.filled()


@pytest.mark.parametrize("disk", [limited_files, full_disk])
async def test_a_full_disk_under_the_spool_answers_503(
    own_server: ValkeyProcess, tmp_path: Path, disk: Disk
) -> None:
    """Fault Q10: with the server away; what is freed is used at once, and no accepted flight is torn."""
    with disk(tmp_path) as (folder, is_full):
        async with served(own_server.url, folder) as service:
            uploader = Uploader(service)
            assert (await uploader.post()).status == 202
            own_server.kill()
            assert (await uploader.post()).status == 202
            with is_full:
                refused = await uploader.until_refused()
            taken = await uploader.post()
            own_server.start()
            await assert_is_stored(service, uploader.accepted, tmp_path / "stored.db")

    assert_is_refused_for_now(refused)
    assert (taken.status, len(uploader.accepted) >= 3) == (202, True)


async def test_a_full_disk_under_the_append_only_file_costs_nothing(tmp_path: Path) -> None:
    """Fault Q10: the server ends in the middle of a write; the spool takes what comes until there is room."""
    with small_disk(4) as disk:
        server = ValkeyProcess(disk.path)
        server.start()
        try:
            async with served(server.url, tmp_path) as service:
                uploader = Uploader(service)
                assert (await uploader.post()).status == 202
                disk.fill()
                meanwhile = [(await uploader.post()).status for _ in range(5)]
                assert service.service.intake.status().spool_items > 0
                disk.free()
                server.restart()
                await assert_is_stored(service, uploader.accepted, tmp_path / "stored.db")
        finally:
            server.kill()

    assert meanwhile == [202] * 5


async def test_a_full_disk_under_the_store_costs_nothing(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """Fault Q10: flights wait in the queue, which goes on accepting, and are stored once there is room."""
    with small_disk(1) as disk:
        database = disk.path / "stored.db"
        async with served(own_server.url, tmp_path) as service:
            uploader, queue = Uploader(service), service.site.queue
            workers = Workers(queue.client)

            async def is_stored() -> bool:
                return (await queue.stats(UPLOAD_POINTS)).total_pending == 0

            async def is_troubled() -> bool:
                return any("disk is full" in worker.beat.trouble for worker in await workers.alive())

            async with working(service.site.client, database):
                disk.fill()
                meanwhile = [(await uploader.post()).status for _ in range(3)]
                await until("the trouble is told", is_troubled)
                disk.free()
                await until("all is stored", is_stored)
            await assert_is_stored(service, uploader.accepted, database)

    assert meanwhile == [202] * 3
