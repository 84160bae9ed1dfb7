"""What scripts rely on: exit codes, one document on stdout, and no server left behind."""

from __future__ import annotations

import json
import signal

import pytest

from racecontrol.server.launcher import server_status
from tests.e2e.cli import Cli
from tests.server.embedded import kill_server, process_id
from tests.server.tools import wait_for


@pytest.mark.parametrize(
    "command",
    [
        ("race", "ls"),
        ("race", "show", "R42"),
        ("mode", "competition", "on"),
        ("server", "status"),
        ("report",),
        ("token", "ls"),
    ],
    ids=" ".join,
)
def test_a_command_answers_with_one_document(cli: Cli, command: tuple[str, ...]) -> None:
    """stdout holds it and nothing else, the exit code is 0, and a server it started is stopped."""
    done = cli(*command, "--json")

    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict | list)
    assert not server_status(cli.data_dir / "server").is_up


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("race", "start"), 2),
        (("--no-such-flag",), 2),
        (("server", "start", "--redis-url", "redis://host"), 2),
        (("mode", "competition", "--redis-url", "redis://127.0.0.1:1"), 3),
        (("race", "show", "R99"), 4),
        (("export", "R42"), 1),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else str(part),
)
def test_a_failure_has_its_exit_code(cli: Cli, command: tuple[str, ...], code: int) -> None:
    """And says why on stderr, in words; stdout stays empty."""
    failed = cli(*command)

    assert (failed.returncode, failed.stdout) == (code, "")
    assert "racecontrol" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_the_last_command_out_stops_the_server(cli: Cli) -> None:
    """Two commands on one folder share it; the first to leave leaves it up, an interrupt is 130."""
    server_dir = cli.data_dir / "server"
    working = cli.start("work")
    try:
        wait_for("the first is there", lambda: server_status(server_dir).is_used)
        first = process_id(server_dir)
        shown = cli.json("status")
        second = process_id(server_dir)
        is_up_between = server_status(server_dir).is_up
    finally:
        working.send_signal(signal.SIGINT)
        working.communicate()

    assert (first, is_up_between, shown["workers"]["alive"]) == (second, True, 1)
    assert working.returncode == 130
    assert not server_status(server_dir).is_up


def test_a_kept_server_is_kept_over_a_crash(cli: Cli) -> None:
    """After `server start` and a crash the next command brings it back, and leaves it until `server stop`."""
    server_dir = cli.data_dir / "server"
    cli("server", "start")
    cli("mode", "competition", "on")
    kill_server(server_dir)

    crashed = cli("server", "status")
    mode = cli.json("mode", "competition")
    is_up = server_status(server_dir).is_up
    stopped = cli("server", "stop")

    assert crashed.stdout == "no server runs, though one was asked to be kept\n"
    assert (mode["competition"], is_up, stopped.returncode) == (True, True, 0)
    assert not server_status(server_dir).is_up
