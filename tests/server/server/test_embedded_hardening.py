"""Fault S11: who can reach the embedded server, and what even its own clients may not do."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from racecontrol.errors import RaceControlError
from racecontrol.server.client import ServerClient, open_client, translated
from racecontrol.server.launcher import RunningServer, ensure_server
from racecontrol.server.safety import Safety, check_safety
from racecontrol.server.scripts import run_batch


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    """One embedded server for this module: nothing here changes it."""
    with TemporaryDirectory(prefix="rc-") as folder, ensure_server(Path(folder) / "server") as running:
        yield running


@pytest.fixture
def server_dir(server: RunningServer) -> Path:
    return server.path


@pytest.fixture
async def embedded(server: RunningServer) -> AsyncIterator[ServerClient]:
    async with open_client(server.url) as client:
        yield client


def mode(path: Path) -> int:
    """A file's permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


async def test_no_port_is_open(embedded: ServerClient) -> None:
    """The server listens on its socket only."""
    assert await embedded.commands.config_get("port") == {"port": "0"}


def test_only_the_owner_can_reach_files_and_socket(embedded: ServerClient, server_dir: Path) -> None:
    """The folders are 0700, the password and the settings 0600, the socket 0700."""
    socket = Path((server_dir / "socket").read_text())

    assert [mode(path) for path in (server_dir, socket.parent, socket)] == [0o700] * 3
    assert [mode(server_dir / name) for name in ("password", "valkey.conf")] == [0o600] * 2


def test_the_settings_hold_no_password(embedded: ServerClient, server_dir: Path) -> None:
    """The password itself is in one file only; the server gets its digest."""
    password = (server_dir / "password").read_text()

    assert password in embedded.url
    assert password not in (server_dir / "valkey.conf").read_text() + embedded.shown_url


@pytest.mark.parametrize(
    "command",
    [
        "FLUSHALL",
        "FLUSHDB",
        "SHUTDOWN NOSAVE",
        "DEBUG SLEEP 0",
        "CONFIG SET appendonly no",
        "CONFIG REWRITE",
        "ACL SETUSER default on",
        "KEYS *",
        "MONITOR",
        "REPLICAOF 127.0.0.1 1",
        "MODULE LIST",
        "SET other-key 1",
    ],
)
async def test_what_erases_or_reconfigures_is_for_nobody(embedded: ServerClient, command: str) -> None:
    """Our own user may touch our own keys, and neither erase nor reconfigure the server."""
    with pytest.raises(RaceControlError, match=r"refuses us|not allowed"), translated(embedded):
        await run_batch(embedded.commands, [tuple(command.split(" "))])


async def test_the_embedded_server_is_durable(embedded: ServerClient) -> None:
    """Our own settings pass our own check, which our own user may run."""
    assert await check_safety(embedded) == Safety(True)
