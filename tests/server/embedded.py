"""Helpers of the tests of the embedded server: its process, other processes that use it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from racecontrol.server.client import open_client
from racecontrol.server.launcher import server_status
from tests.server.tools import wait_for

_USE = """
import sys
from pathlib import Path
from racecontrol.server.launcher import ensure_server
with ensure_server(Path(sys.argv[1])):
    print("joined", flush=True)
    sys.stdin.read()
"""


def process_id(server_dir: Path) -> int:
    """The id of the server's process."""
    return int((server_dir / "pid").read_text())


def kill_server(server_dir: Path) -> None:
    """kill -9 the server, and wait until it answers no more."""
    os.kill(process_id(server_dir), signal.SIGKILL)
    wait_for("the killed server is gone", lambda: not server_status(server_dir).is_up)


def spawn_user(server_dir: Path) -> subprocess.Popen[str]:
    """A process that uses the server until its stdin closes; it has joined when it prints a line."""
    command = [sys.executable, "-c", _USE, str(server_dir)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def other_user(server_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the server inside the block; the test may kill it."""
    with spawn_user(server_dir) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "joined\n"
        yield user


async def write_numbers(url: str, count: int) -> None:
    """RPUSH 0, 1, 2, ... each acknowledged before the next is sent."""
    async with open_client(url) as client:
        for number in range(count):
            await client.commands.rpush("rc:{test}:numbers", number)


async def read_numbers(url: str) -> list[int]:
    """What `write_numbers` wrote and the server still has."""
    async with open_client(url) as client:
        answer = await client.commands.lrange("rc:{test}:numbers", 0, -1)
        return [int(raw) for raw in answer]
