"""The embedded server's life: joined, shared, revived, kept, stopped."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from racecontrol.errors import ConfigError, ServerUnavailable
from racecontrol.server.binary import BINARY_VARIABLE, find_binary
from racecontrol.server.client import open_client, translated
from racecontrol.server.folder import ServerFolder
from racecontrol.server.launcher import (
    embedded_client,
    ensure_server,
    keep_server,
    release_server,
    server_status,
)
from racecontrol.server.locks import exclusive
from racecontrol.server.process import is_running
from tests.server.embedded import (
    kill_server,
    other_user,
    process_id,
    read_numbers,
    spawn_user,
    write_numbers,
)


@pytest.fixture
def server_dir(tmp_path: Path) -> Iterator[Path]:
    """Where a server may be; whatever a test left running there is stopped."""
    folder = tmp_path / "server"
    yield folder
    release_server(folder)


def test_the_last_one_out_stops_it(server_dir: Path) -> None:
    """Of two users, the first to leave leaves the server up, the second stops it."""
    first, second = ensure_server(server_dir), ensure_server(server_dir)
    first.leave()
    is_up_between = server_status(server_dir).is_up
    second.leave()

    assert is_up_between
    assert not server_status(server_dir).is_up


def test_two_users_share_one_server(server_dir: Path) -> None:
    """Who joins gets the server that runs."""
    with ensure_server(server_dir) as first:
        pid = process_id(server_dir)
        with ensure_server(server_dir) as second:
            assert (second.url, process_id(server_dir)) == (first.url, pid)


def test_processes_that_start_at_once_share_one_server(server_dir: Path) -> None:
    """Three processes that find no server start one, and the last one out stops it."""
    users = [spawn_user(server_dir) for _ in range(3)]
    joined = [user.stdout.readline() for user in users if user.stdout]
    starts = (server_dir / "valkey.log").read_text().count("Ready to accept connections")
    for user in users:
        user.communicate()

    assert (joined, starts) == (["joined\n"] * 3, 1)
    assert not server_status(server_dir).is_up


async def test_data_outlives_the_server(server_dir: Path) -> None:
    """What was written is there when the folder is opened again."""
    with ensure_server(server_dir) as server:
        await write_numbers(server.url, 3)
    with ensure_server(server_dir) as server:
        assert await read_numbers(server.url) == [0, 1, 2]


def test_an_orphan_is_joined_and_stopped(server_dir: Path) -> None:
    """A server whose users were all killed is joined by the next, who stops it when leaving."""
    with other_user(server_dir) as user:
        user.kill()
        user.wait()
    orphan = process_id(server_dir)
    with ensure_server(server_dir):
        joined = process_id(server_dir)

    assert joined == orphan
    assert not server_status(server_dir).is_up


async def test_a_killed_server_is_revived_by_a_client(server_dir: Path) -> None:
    """Who finds the server dead brings it back, with what it had acknowledged, at the same address."""
    async with embedded_client(server_dir) as client:
        await write_numbers(client.url, 3)
        kill_server(server_dir)
        with pytest.raises(ServerUnavailable), translated(client):
            await client.commands.ping()
        await client.revive()

        assert await read_numbers(client.url) == [0, 1, 2]


async def test_reviving_a_live_server_changes_nothing(server_dir: Path) -> None:
    """Who only thinks that the server is dead finds the same one."""
    async with embedded_client(server_dir) as client:
        pid = process_id(server_dir)
        await client.revive()

        assert process_id(server_dir) == pid


async def test_clients_that_revive_at_once_start_one_server(server_dir: Path) -> None:
    """Five clients that find the server dead start it once."""
    servers = [ensure_server(server_dir) for _ in range(5)]
    kill_server(server_dir)
    await asyncio.gather(*(server.revive() for server in servers))
    starts = (server_dir / "valkey.log").read_text().count("Ready to accept connections")
    for server in servers:
        server.leave()

    assert starts == 2


def test_a_server_that_cannot_be_revived_is_unavailable(server_dir: Path) -> None:
    """Whatever keeps a dead server from starting, a loop that revives it meets one kind of error."""
    with ensure_server(server_dir) as server:
        kill_server(server_dir)
        socket = Path((server_dir / "socket").read_text())
        socket.unlink()
        socket.parent.rmdir()
        socket.parent.symlink_to(server_dir)
        with pytest.raises(ServerUnavailable, match="not a folder of this user"):
            asyncio.run(server.revive())
        socket.parent.unlink()


def test_a_start_lock_held_for_long_is_told(server_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits in vain for another process that starts the server learns which file it holds."""
    monkeypatch.setattr("racecontrol.server.launcher.START_PATIENCE_S", 0.01)
    with (
        ensure_server(server_dir),
        exclusive(server_dir / "start.lock", 0.01),
        pytest.raises(ServerUnavailable, match=r"see who holds .*start\.lock"),
    ):
        ensure_server(server_dir)


def test_leaving_a_dead_server_is_no_error(server_dir: Path) -> None:
    """A user may leave after the server was killed."""
    with ensure_server(server_dir):
        kill_server(server_dir)

    assert not server_status(server_dir).is_up


def test_a_kept_server_outlives_its_users(server_dir: Path) -> None:
    """After `server start` the last one out leaves the server up, until it is released."""
    keep_server(server_dir)
    ensure_server(server_dir).leave()
    status = server_status(server_dir)

    assert (status.is_up, status.is_kept, status.is_used) == (True, True, False)
    assert release_server(server_dir)
    assert not server_status(server_dir).is_up


def test_a_used_server_is_not_stopped(server_dir: Path) -> None:
    """`server stop` while somebody works leaves the stopping to the last one out."""
    keep_server(server_dir)
    with ensure_server(server_dir):
        is_down = release_server(server_dir)
        is_up = server_status(server_dir).is_up

    assert (is_down, is_up) == (False, True)
    assert not server_status(server_dir).is_up


def test_a_frozen_server_is_said_to_run_and_not_answer(
    server_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is stopped in its tracks is neither joined nor replaced: the error names its process."""
    with ensure_server(server_dir):
        monkeypatch.setattr("racecontrol.server.process.PING_S", 0.05)
        monkeypatch.setattr("racecontrol.server.process.ANSWER_S", 0.05)
        pid = process_id(server_dir)
        os.kill(pid, signal.SIGSTOP)
        try:
            with pytest.raises(ServerUnavailable, match=f"does not answer: .* process {pid} "):
                ensure_server(server_dir)
        finally:
            os.kill(pid, signal.SIGCONT)

        assert process_id(server_dir) == pid


def test_a_server_that_never_answers_is_not_left_running(
    server_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has started it ends it."""
    mute = tmp_path / "mute-server"
    mute.write_text(
        f'#!/bin/sh\n{find_binary()} "$@" && cd "${{1%/*}}" && while [ ! -s pid ]; do sleep 0.01; done\n'
        "kill -STOP $(cat pid)\n"
    )
    mute.chmod(0o700)
    monkeypatch.setenv(BINARY_VARIABLE, str(mute))
    for patience in ("PING_S", "ANSWER_S", "TERM_S"):
        monkeypatch.setattr(f"racecontrol.server.process.{patience}", 0.5)

    with pytest.raises(ServerUnavailable, match="does not answer"):
        ensure_server(server_dir)

    assert not is_running(ServerFolder(server_dir))


@pytest.mark.parametrize("left", [b"", b"\0" * 48], ids=["empty", "zeros"])
async def test_a_password_lost_in_a_power_cut_is_made_anew(server_dir: Path, left: bytes) -> None:
    """So is the socket's place: what the file system had not written yet. The points stay."""
    with ensure_server(server_dir) as server:
        await write_numbers(server.url, 3)
    for name in ("password", "socket"):
        (server_dir / name).write_bytes(left)

    with ensure_server(server_dir) as server:
        numbers = await read_numbers(server.url)

    assert numbers == [0, 1, 2]


def test_a_server_deaf_to_sigterm_is_killed(server_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who leaves last does not wait for ever for a server that cannot end by itself."""
    monkeypatch.setattr("racecontrol.server.process.TERM_S", 0.05)
    with ensure_server(server_dir):
        os.kill(process_id(server_dir), signal.SIGSTOP)

    assert not server_status(server_dir).is_up


async def test_a_server_whose_socket_was_cleaned_away_is_replaced(server_dir: Path) -> None:
    """Nobody could reach it again, so it is stopped; its data is in the new one."""
    first = ensure_server(server_dir)
    await write_numbers(first.url, 3)
    shutil.rmtree(Path(first.url.partition("@")[2]).parent)
    with ensure_server(server_dir) as second:
        assert await read_numbers(second.url) == [0, 1, 2]
    first.leave()

    assert not server_status(server_dir).is_up


@pytest.mark.parametrize("name", ["with a space", 'quote"s and \\', "x" * 200, "Žaneta ✈", "line\nbreak"])
async def test_any_folder_name_will_do(tmp_path: Path, name: str) -> None:
    """Spaces, quotes, long names and other scripts in the data folder's path change nothing."""
    with ensure_server(tmp_path / name / "server") as server:
        await write_numbers(server.url, 1)

        assert await read_numbers(server.url) == [0]


def test_a_folder_that_cannot_be_made_is_a_config_error(tmp_path: Path) -> None:
    """A data folder where none can be says so, with the flag to change."""
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match=r"cannot be kept there .*: give a folder .* --data-dir"):
        ensure_server(tmp_path / "file" / "server")


def test_a_squatted_socket_folder_is_refused(server_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody has put a link in place of our folder in /tmp, no socket is made behind it."""
    with TemporaryDirectory(prefix="rc-", dir="/tmp") as runtime, TemporaryDirectory() as elsewhere:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        ensure_server(server_dir).leave()
        socket = Path((server_dir / "socket").read_text())
        (server_dir / "socket").unlink()
        socket.parent.symlink_to(elsewhere)
        with pytest.raises(ConfigError, match="not a folder of this user"):
            ensure_server(server_dir)

        assert list(Path(elsewhere).iterdir()) == []


def test_processes_with_other_runtime_folders_share_one_server(
    server_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cron job and a login have other XDG_RUNTIME_DIR; the folder tells both where the server is."""
    with TemporaryDirectory(prefix="rc-", dir="/tmp") as runtime, ensure_server(server_dir) as first:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        with ensure_server(server_dir) as second:
            assert second.url == first.url


def test_the_server_has_a_session_of_its_own(server_dir: Path) -> None:
    """A closed terminal or its Ctrl-C does not reach the server."""
    with ensure_server(server_dir):
        assert os.getsid(process_id(server_dir)) != os.getsid(0)


async def test_a_cancelled_opening_leaves_no_server(server_dir: Path) -> None:
    """Who gives up while the server starts has no share in it afterwards."""

    async def use() -> None:
        async with embedded_client(server_dir):
            await asyncio.Event().wait()

    using = asyncio.ensure_future(use())
    await asyncio.sleep(0)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using

    assert not server_status(server_dir).is_up


def test_a_log_that_grew_is_begun_anew(server_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's log is turned over at a start, and the one before is kept."""
    monkeypatch.setattr("racecontrol.server.process.LOG_BYTES", 10)
    ensure_server(server_dir).leave()
    ensure_server(server_dir).leave()

    assert (server_dir / "valkey.log.1").read_text().count("Ready to accept") == 1
    assert (server_dir / "valkey.log").read_text().count("Ready to accept") == 1


def test_nothing_runs_where_nothing_was_started(server_dir: Path) -> None:
    """Asking for the status, or stopping, makes no folder."""
    status = server_status(server_dir)

    assert (status.is_up, status.is_used, release_server(server_dir)) == (False, False, True)
    assert not server_dir.exists()


async def test_open_client_needs_the_password(server_dir: Path) -> None:
    """Without the folder's password the server answers nothing."""
    with ensure_server(server_dir) as server:
        async with open_client("unix://" + server.url.partition("@")[2]) as stranger:
            with pytest.raises(ServerUnavailable, match="Authentication required"), translated(stranger):
                await stranger.commands.ping()
