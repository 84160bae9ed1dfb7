"""The race log's copy in the store."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from redis.typing import EncodableT, FieldT

from racecontrol.domain.log_entry import LogEntry
from racecontrol.domain.severity import Severity
from racecontrol.pipeline.log_copy import LogCopy
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, open_client
from racecontrol.state.log import RaceLog
from racecontrol.store.sqlite import SqliteStore
from tests.server.pipeline.tools import until
from tests.server.tools import ValkeyProcess


def words(entries: Sequence[LogEntry]) -> list[str]:
    return [entry.what for entry in entries]


async def test_what_is_new_is_copied_while_the_block_runs(client: ServerClient, tmp_path: Path) -> None:
    """Whole, with what was there before; and what came last as the block ends."""
    log = RaceLog(client)
    await log.append("R42", "MJ", "started", "74 points")
    with SqliteStore(tmp_path / "rc.db") as store:
        async with LogCopy(log, store):
            await log.append("", "AB", "competition on", severity=Severity.WARNING)

            async def has_both() -> bool:
                return len(store.log()) == 2

            await until("both are copied", has_both)
            await log.append("R42", "MJ", "recall")

        assert store.log() == await log.read()


async def test_several_processes_copy_an_entry_once(client: ServerClient, tmp_path: Path) -> None:
    """Also one that begins where another was."""
    log = RaceLog(client)
    await log.append("R42", "MJ", "started")
    with SqliteStore(tmp_path / "rc.db") as store, SqliteStore(tmp_path / "rc.db") as other:
        async with LogCopy(log, store), LogCopy(log, other):
            pass
        await log.append("R42", "MJ", "recall")
        async with LogCopy(log, other):
            pass

        assert words(store.log()) == ["started", "recall"]


async def test_the_log_outlives_the_servers_data(client: ServerClient, tmp_path: Path) -> None:
    """A new server's log is added, even where its clock is behind the old one's."""
    log = RaceLog(client)
    old: dict[FieldT, EncodableT] = dict.fromkeys(("race", "operator", "why"), "")
    await client.commands.xadd(keys.LOG, {**old, "what": "old", "severity": "info"}, id="9000000000000-9")
    with SqliteStore(tmp_path / "rc.db") as store:
        async with LogCopy(log, store):
            pass
        await client.commands.flushall()
        await log.append("R42", "MJ", "new")
        async with LogCopy(log, store):
            pass

        assert words(store.log()) == ["new", "old"]


async def test_a_silent_server_holds_nobody_up(own_server: ValkeyProcess, tmp_path: Path) -> None:
    """What it did not tell is copied by the next process."""
    with SqliteStore(tmp_path / "rc.db") as store:
        async with open_client(own_server.url) as client:
            log = RaceLog(client)
            await log.append("R42", "MJ", "started")
            with own_server.frozen():
                async with LogCopy(log, store):
                    pass
            copied = store.log()
            async with LogCopy(log, store):
                pass

        assert (copied, words(store.log())) == ([], ["started"])


async def test_a_locked_store_holds_nobody_up(client: ServerClient, tmp_path: Path) -> None:
    """Another process's long transaction: the copy gives up, and is made up for later."""
    log = RaceLog(client)
    await log.append("R42", "MJ", "started")
    with SqliteStore(tmp_path / "rc.db") as store, closing(sqlite3.connect(tmp_path / "rc.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        # The store's own patience is ten seconds.
        async with asyncio.timeout(8):
            async with LogCopy(log, store):
                pass
        other.rollback()
        assert store.log() == []
        async with LogCopy(log, store):
            pass

        assert words(store.log()) == ["started"]
