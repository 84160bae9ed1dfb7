"""`racecontrol spool ls | drain`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from racecontrol.cli import main
from racecontrol.queues.queue import PriorityQueue
from racecontrol.queues.spool.folder import claim
from racecontrol.queues.spool.spool import Spool
from racecontrol.server.client import open_client
from tests.server.queue_tools import LIVE, ids, make_items
from tests.server.tools import ValkeyProcess

Out = pytest.CaptureFixture[str]


@pytest.fixture
def left_behind(tmp_path: Path, own_server: ValkeyProcess, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site whose process ended with three items of 10 points in its spool."""
    monkeypatch.setenv("RACECONTROL_REDIS_URL", own_server.url)
    monkeypatch.setenv("RACECONTROL_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    async def leave() -> None:
        spool = Spool(tmp_path / "spool", 1_000_000)
        await spool.add(LIVE, make_items(3))
        await spool.close()

    asyncio.run(leave())
    (path,) = (tmp_path / "spool").glob("*.db")
    return path


def test_ls_tells_what_waits(left_behind: Path, own_server: ValkeyProcess, capsys: Out) -> None:
    """Items, points, age and that its process is gone; no server is needed."""
    own_server.kill()

    code = main(["spool", "ls", "--json"])

    (spool,) = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (spool["path"], spool["items"], spool["points"], spool["alive"]) == (
        str(left_behind),
        3,
        30,
        False,
    )
    assert spool["oldest_s"] >= 0


def test_ls_tells_a_living_process(left_behind: Path, capsys: Out) -> None:
    """A spool that its process holds is not called left behind."""
    lease = claim(left_behind)
    assert lease is not None

    main(["spool", "ls"])

    lease.give_back()
    assert "3 items, 30 points" in (said := capsys.readouterr().out)
    assert "left behind" not in said


def test_drain_brings_items_in_and_deletes_the_file(
    left_behind: Path, own_server: ValkeyProcess, capsys: Out
) -> None:
    """The items are in the queue in their order, and the spool is gone."""

    async def queued() -> list[str]:
        async with open_client(own_server.url) as client:
            return ids(await PriorityQueue(client).lease_batch(LIVE, 10))

    code = main(["spool", "drain", "--json"])

    assert (code, json.loads(capsys.readouterr().out)) == (0, {"drained": 3, "left": 0})
    assert not list(left_behind.parent.iterdir())
    assert asyncio.run(queued()) == ["i0", "i1", "i2"]


def test_drain_leaves_what_a_living_process_has(left_behind: Path, capsys: Out) -> None:
    """Its process drains it, and it alone."""
    lease = claim(left_behind)
    assert lease is not None

    main(["spool", "drain"])

    lease.give_back()
    assert capsys.readouterr().out.startswith("drained 0 items; 3 are in the spools of living processes")
