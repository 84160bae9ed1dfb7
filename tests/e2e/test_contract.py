"""What scripts rely on: exit codes, one document on stdout, and no server left behind."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import subprocess
from pathlib import Path
from subprocess import PIPE

import pytest

from racecontrol.server.launcher import embedded_client, server_status
from racecontrol.state.races import Races
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


@pytest.mark.parametrize(
    ("command", "code", "kind"),
    [
        (("race", "start"), 2, "usage-error"),
        (("race", "show", "R42", "--no-such-flag"), 2, "usage-error"),
        (("race", "start", "R42"), 2, "config-error"),
        (("mode", "competition", "--redis-url", "redis://127.0.0.1:1"), 3, "server-unavailable"),
        (("status", "--watch", "--redis-url", "redis://127.0.0.1:1"), 3, "server-unavailable"),
        (("race", "show", "R99"), 4, "race-error"),
        (("race", "recall", "R42", "--yes"), 1, "race-state-error"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else str(part),
)
def test_a_failure_is_one_document(cli: Cli, command: tuple[str, ...], code: int, kind: str) -> None:
    """With --json: what is wrong, what to do and a word for programs; for people as without it."""
    failed = cli(*command, "--json")

    error = json.loads(failed.stdout)["error"]
    assert (failed.returncode, error["code"]) == (code, kind)
    assert f"racecontrol: {': '.join(filter(None, (error['what'], error['advice'])))}\n" in failed.stderr


def test_a_failure_that_nobody_reads_keeps_its_exit_code(cli: Cli) -> None:
    """A closed pipe is no success."""
    shell = ["sh", "-c", '{ "$@"; echo $? >&2; } | true', "sh"]
    command = [*shell, *cli.command, "race", "show", "R99", "--json"]
    failed = subprocess.run(command, env=cli.environment, capture_output=True, text=True, check=True)

    assert failed.stderr.endswith("\n4\n")
    assert "Traceback" not in failed.stderr


def test_a_file_at_fault_is_named_in_the_document(cli: Cli, tmp_path: Path) -> None:
    """Also one whose name is no text."""
    fsdb = tmp_path / os.fsdecode(b"comp\xe9tition.fsdb")
    fsdb.write_text("none")

    files = ("--fsdb", str(fsdb), "--tracks", str(tmp_path))
    failed = cli("race", "import", "--id", "C1", "--task", "T1", *files, "--json")

    error = json.loads(failed.stdout)["error"]
    assert (failed.returncode, error["code"], error["path"]) == (4, "format-error", fsdb.name)


async def test_a_start_under_way_answers_who_when_and_how_many(cli: Cli) -> None:
    """Exit code 1, for a program as for a person."""
    async with embedded_client(cli.data_dir / "server") as client:
        races = Races(client)
        await races.begin_start("R42", "A", "token")
        await races.beat("R42", "token", 5, 127)
        refused = await asyncio.to_thread(cli, "race", "start", "R42", "--yes", "--json")

    error = json.loads(refused.stdout)["error"]
    assert (refused.returncode, error["code"]) == (1, "already-started")
    assert {name: error[name] for name in ("race", "pass", "operator", "done", "total")} == {
        **{"race": "R42", "pass": 1, "operator": "A"},
        **{"done": 5, "total": 127},
    }
    assert f"being started by A since {error['since']}: 5 of 127 done" in refused.stderr


def test_an_interrupted_command_answers_too(cli: Cli) -> None:
    """Exit code 130."""
    loading = cli.start("loadtest", "--trackers", "1", "--json")
    assert loading.stderr is not None
    loading.stderr.readline()

    loading.send_signal(signal.SIGINT)
    answer, _ = loading.communicate(timeout=30)

    assert (loading.returncode, json.loads(answer)["error"]["code"]) == (130, "interrupted")


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


@pytest.mark.parametrize("stderr", ["2>/dev/full", "2>&-"])
def test_a_start_does_not_fail_for_words_that_nobody_takes(cli: Cli, stderr: str) -> None:
    """A full disk under a redirected stderr, or none at all: the answer is on stdout."""
    start = shlex.join([*cli.command, "race", "start", "R42", "--yes", "--json"])
    done = subprocess.run(["sh", "-c", f"{start} {stderr}"], env=cli.environment, stdout=PIPE, check=False)

    assert (done.returncode, json.loads(done.stdout)["race"]) == (0, "R42")
