"""The spool: whole or not there, in order, whoever holds its lock."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from racecontrol.errors import BuffersFull
from racecontrol.queues.model import NewItem
from racecontrol.queues.spool.file import SpoolTotals
from racecontrol.queues.spool.folder import abandoned, claim, listed
from racecontrol.queues.spool.spool import Spool
from racecontrol.queues.verdict import Verdict
from tests.builders import HandClock

LIVE, UPLOADS = "live_points", "upload_points"

_DIE_IN_A_TRANSACTION = """
import os, sys
from pathlib import Path
from racecontrol.queues.model import NewItem
from racecontrol.queues.spool.file import SpoolFile
from racecontrol.queues.spool.folder import new_lease
file = SpoolFile(new_lease(Path(sys.argv[1])).path)
with file.transaction():
    file.add("live_points", [NewItem("whole", 1, 1, b"payload")], 1)
with file.transaction():
    file.add("live_points", [NewItem("torn", 1, 1, bytes(100_000))], 1)
    os._exit(9)
"""


def make_item(item_id: str, priority: float = 1, *, size: int = 10, initial_of: str = "") -> NewItem:
    return NewItem(item_id, priority, 10, bytes(size), initial_of)


async def test_items_come_out_as_they_went_in(tmp_path: Path) -> None:
    """Highest priority first, in order of arrival within one, with everything that they had."""
    spool = Spool(tmp_path, None)
    items = [make_item("a", -1779795900123.0), make_item("b", 2000, initial_of="R42"), make_item("c", 2000)]
    await spool.add(LIVE, items)

    assert [one.item for one in await spool.next()] == [items[1], items[2], items[0]]
    await spool.close()


async def test_an_id_is_kept_once_a_queue(tmp_path: Path) -> None:
    """A repeat is told as one; the same id in another queue is another item."""
    spool = Spool(tmp_path, None)
    added = [
        await spool.add(LIVE, [make_item("a")]),
        await spool.add(LIVE, [make_item("a"), make_item("b")]),
        await spool.add(UPLOADS, [make_item("a")]),
    ]

    assert [[one.is_duplicate for one in call] for call in added] == [[False], [True, False], [False]]
    assert (spool.totals.items, spool.totals.points, spool.totals.bytes) == (3, 30, 30)
    await spool.close()


async def test_many_callers_share_a_transaction(tmp_path: Path) -> None:
    """What comes while one is synced goes together: a hundred callers take a few syncs."""
    spool = Spool(tmp_path, None)
    await asyncio.gather(*(spool.add(LIVE, [make_item(f"{n}")]) for n in range(100)))
    times = {one.item.item_id for one in await spool.next()}

    assert (len(times), spool.totals.items) == (100, 100)
    await spool.close()


async def test_a_full_spool_keeps_nothing_of_the_call(tmp_path: Path) -> None:
    """The large call is refused whole; a small one beside it is kept."""
    spool = Spool(tmp_path, 200_000)
    large = [make_item(f"{n}", size=20_000) for n in range(20)]
    results = await asyncio.gather(
        spool.add(LIVE, large), spool.add(LIVE, [make_item("small")]), return_exceptions=True
    )

    assert isinstance(results[0], BuffersFull)
    assert results[1] == [Verdict(is_spooled=True)]
    assert [one.item.item_id for one in await spool.next()] == ["small"]
    await spool.close()


async def test_a_full_spool_is_worth_another_try_once_senders_may_come_again(tmp_path: Path) -> None:
    """Else whoever asks before it sends, as balancers do, would never learn that the disk was freed."""
    clock = HandClock()
    spool = Spool(tmp_path, 200_000, clock=clock)
    with pytest.raises(BuffersFull) as refused:
        await spool.add(LIVE, [make_item(f"{n}", size=20_000) for n in range(20)])
    was_full = spool.is_full
    clock.now_s += refused.value.retry_after_s

    assert (was_full, spool.is_full) == (True, False)
    await spool.close()


async def test_a_folder_that_cannot_be_written_is_buffers_full(tmp_path: Path) -> None:
    """The reason is told; the next call tries again."""
    (tmp_path / "spool").write_text("no folder")
    spool = Spool(tmp_path / "spool", None)
    with pytest.raises(BuffersFull):
        await spool.add(LIVE, [make_item("a")])
    (tmp_path / "spool").unlink()

    assert await spool.add(LIVE, [make_item("a")]) == [Verdict(is_spooled=True)]
    await spool.close()


async def test_an_empty_spool_leaves_no_file(tmp_path: Path) -> None:
    """Neither one that was never used nor one that was drained."""
    await Spool(tmp_path / "unused", None).close()
    spool = Spool(tmp_path / "drained", None)
    await spool.add(LIVE, [make_item("a")])
    await spool.remove(await spool.next())
    totals = spool.totals
    await spool.close()

    assert totals == SpoolTotals()
    assert not (tmp_path / "unused").exists()
    assert list((tmp_path / "drained").iterdir()) == []


async def test_a_refused_item_stands_before_nobody(tmp_path: Path) -> None:
    """It stays in the file, is counted, and is not drained again."""
    spool = Spool(tmp_path, None)
    await spool.add(LIVE, [make_item("bad", 9), make_item("good")])
    await spool.refuse((await spool.next())[0], "no such queue")

    assert [one.item.item_id for one in await spool.next()] == ["good"]
    assert [one.totals.refused for one in listed(tmp_path)] == [1]
    await spool.close()


async def test_the_repeat_of_a_refused_item_is_refused(tmp_path: Path) -> None:
    """With the server's reason: it is no duplicate of anything that is safe."""
    spool = Spool(tmp_path, None)
    await spool.add(LIVE, [make_item("bad"), make_item("good")])
    await spool.refuse((await spool.next())[0], "no such queue")
    bad, good = await spool.add(LIVE, [make_item("bad"), make_item("good")])

    assert (str(bad.error), bad.is_duplicate) == ("the server refused it before: no such queue", False)
    assert (good.error, good.is_duplicate, spool.totals.items) == (None, True, 2)
    await spool.close()


async def test_a_living_process_keeps_its_spool(tmp_path: Path) -> None:
    """Nobody else drains it until it is closed."""
    spool = Spool(tmp_path, None)
    await spool.add(LIVE, [make_item("a")])
    living = list(abandoned(tmp_path))
    await spool.close()
    (left,) = abandoned(tmp_path)
    second = claim(left.path)
    left.give_back()

    assert (living, second) == ([], None)


def test_a_process_that_dies_leaves_what_was_synced(tmp_path: Path) -> None:
    """The transaction it died in is not there; its lock is free at once."""
    died = subprocess.run([sys.executable, "-c", _DIE_IN_A_TRANSACTION, str(tmp_path)], check=False)
    (lease,) = abandoned(tmp_path)

    async def items() -> list[str]:
        spool = Spool(tmp_path, None, lease=lease)
        found = [one.item.item_id for one in await spool.next()]
        await spool.close()
        return found

    assert died.returncode == 9
    assert asyncio.run(items()) == ["whole"]


async def test_a_damaged_file_is_told_and_kept(tmp_path: Path) -> None:
    """It is no spool any more: whoever would drain it says so and touches nothing."""
    path = tmp_path / "1-damaged.db"
    path.write_bytes(os.urandom(8192))
    (lease,) = abandoned(tmp_path)
    spool = Spool(tmp_path, None, lease=lease)
    with pytest.raises(BuffersFull, match="takes nothing") as refusal:
        await spool.next()
    await spool.close()

    assert isinstance(refusal.value.__cause__, sqlite3.DatabaseError)
    assert path.stat().st_size == 8192
