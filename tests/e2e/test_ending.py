"""How commands end when they are told to, or when their terminal is closed: in order, leaving no server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from racecontrol.server.launcher import server_status
from tests.e2e.cli import Cli
from tests.e2e.terminal import DeskTerminal
from tests.server.tools import wait_for


@contextmanager
def in_terminal(cli: Cli, *arguments: str) -> Iterator[DeskTerminal]:
    """A command in a terminal of its own."""
    terminal = DeskTerminal([*cli.command, *arguments], cli.environment)
    try:
        yield terminal
    finally:
        terminal.close()


def has_workers(cli: Cli, count: int) -> bool:
    """Whether so many workers are heard of."""
    return bool(cli.json("status")["workers"]["alive"] == count)


@pytest.mark.parametrize(
    ("arguments", "sign"),
    [
        (("work",), ""),
        (("work", "-n", "2"), ""),
        (("status", "--watch"), "QUEUE"),
        (("replay", "R42", "--speed", "1"), ""),
        (("serve", "--port", "0"), "serving at"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_closing_the_terminal_stops_the_server(cli: Cli, arguments: tuple[str, ...], sign: str) -> None:
    """The command ends by itself, not by the signal, and the server that it started is gone."""
    server_dir = cli.data_dir / "server"
    cli.json("race", "start", "R42", "--yes")

    with in_terminal(cli, *arguments) as terminal:
        wait_for("the command uses the server", lambda: server_status(server_dir).is_used)
        if arguments[0] == "work":
            wait_for("the workers work", lambda: has_workers(cli, 2 if "-n" in arguments else 1))
        terminal.wait_for(sign)
        status = terminal.hang_up()

    assert status in (0, 130)
    assert not server_status(server_dir).is_up


def test_a_hangup_ends_work_like_sigterm(cli: Cli) -> None:
    """The batch in hand is finished and the summary given, exit code 0."""
    cli.json("race", "start", "R42", "--yes")
    working = cli.start("work")
    wait_for("it works", lambda: has_workers(cli, 1))

    working.send_signal(signal.SIGHUP)
    summary, _ = working.communicate(timeout=30)

    assert (working.returncode, summary.startswith("stored ")) == (0, True)
    assert not server_status(cli.data_dir / "server").is_up


def test_a_second_hangup_does_not_cut_the_end_short(cli: Cli) -> None:
    """A shell passes the hangup on, and the kernel sends its own."""
    watching = cli.start("status", "--watch", "--json")
    with watching:
        assert watching.stdout is not None
        watching.stdout.readline()
        for _ in range(20):
            watching.send_signal(signal.SIGHUP)
        _, said = watching.communicate(timeout=30)

    assert (watching.returncode, said) == (130, "")
    assert not server_status(cli.data_dir / "server").is_up


def test_work_under_nohup_outlives_a_hangup(cli: Cli) -> None:
    """A hangup that is ignored at the start stays ignored; SIGTERM ends it."""
    command = ["nohup", *cli.command, "work"]
    with subprocess.Popen(command, env=cli.environment, stdout=subprocess.DEVNULL) as working:
        wait_for("it works", lambda: has_workers(cli, 1))
        working.send_signal(signal.SIGHUP)
        is_there = has_workers(cli, 1)
        working.terminate()

    assert (is_there, working.returncode) == (True, 0)


def test_a_command_in_the_background_of_a_script_ends_when_told_to(cli: Cli) -> None:
    """A script's shell has SIGINT ignored for it; SIGTERM is not."""
    script = 'exec "$@" & echo $!; wait $!'
    command = ["sh", "-c", script, "sh", *cli.command, "status", "--watch", "--json"]
    with subprocess.Popen(command, env=cli.environment, stdout=subprocess.PIPE, text=True) as shell:
        assert shell.stdout is not None
        process_id = int(shell.stdout.readline())
        try:
            shell.stdout.readline()
            os.kill(process_id, signal.SIGTERM)
            shell.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.kill(process_id, signal.SIGKILL)

    assert shell.returncode == 130
    assert not server_status(cli.data_dir / "server").is_up


def test_an_interrupted_replay_tells_how_far_it_came(cli: Cli) -> None:
    """Exit code 130, and what was played in until then; the race can be replayed again."""
    cli.json("race", "start", "R42", "--yes")
    before = cli.json("status")["queues"]["live_points"]["points_pending"]
    replaying = cli.start("replay", "R42", "--speed", "20", "--json")
    wait_for("it plays", lambda: cli.json("status")["queues"]["live_points"]["points_pending"] > before)

    replaying.send_signal(signal.SIGINT)
    answer, _ = replaying.communicate(timeout=30)

    report = json.loads(answer)
    assert (replaying.returncode, report["is_complete"]) == (130, False)
    assert report["points"] == cli.json("status")["queues"]["live_points"]["points_pending"] - before
    assert cli.json("replay", "R42", "--speed", "max")["is_complete"]
