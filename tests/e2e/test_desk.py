"""The desk as its operator has it: `racecontrol --race R42` in a real terminal, on an embedded server."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from racecontrol.server.launcher import server_status
from tests.e2e.cli import Cli
from tests.e2e.terminal import DeskTerminal
from tests.fixture_races import expected_of

NARROW = {"columns": 80, "rows": 24}
COLOUR = re.compile(rb"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m")
"""A sequence that sets a foreground or background colour (ECMA-48, SGR)."""

Open = Callable[..., AbstractContextManager[DeskTerminal]]


@pytest.fixture
def open_desk(cli: Cli) -> Open:
    """Opens a desk of R42 and waits until it shows the race; arguments as DeskTerminal's."""

    @contextmanager
    def opened(*arguments: str, **terminal: object) -> Iterator[DeskTerminal]:
        desk = DeskTerminal([*cli.command, "--race", "R42", *arguments], cli.environment, **terminal)  # type: ignore[arg-type]
        try:
            desk.wait_until(lambda screen: "R42" in screen and "ready" in screen, "the race")
            yield desk
        finally:
            desk.close()

    return opened


@pytest.mark.parametrize("size", [{}, NARROW], ids=["120x40", "80x24"])
def test_operator_starts_the_race_and_reads_its_counts(
    cli: Cli, open_desk: Open, size: dict[str, int]
) -> None:
    """S, yes: the report has the fixture's counts, the workers store it, q leaves nothing running."""
    expected = expected_of()
    report = (
        "R42 is started",
        f"{expected['points']:,} in {expected['flights_queued']} items",
        f"{expected['flights_queued']} of {expected['pilots']} queued",
        *expected["rejected"],
    )
    with open_desk(**size) as desk:
        desk.press("S")
        desk.wait_for("Start R42?")
        desk.press("\x1b[C\r")
        desk.wait_until(lambda screen: all(said in screen for said in report), f"the report: {report}")
        desk.press("\r")
        desk.wait_until(lambda screen: "R42 is started" not in screen, "the report is closed")
        desk.wait_for("RUNNING")
        desk.press("q")

        assert desk.wait_for_exit() == 0
        assert desk.is_restored
    assert not server_status(cli.data_dir / "server").is_up


def test_no_colour_reaches_a_terminal_that_wants_none(open_desk: Open) -> None:
    """Under NO_COLOR the whole stream, dialogs and all, sets no colour."""
    with open_desk(NO_COLOR="1") as desk:
        desk.press("S")
        desk.wait_for("Start R42?")
        desk.press("\x1b")
        desk.wait_until(lambda screen: "Start R42?" not in screen, "the question is closed")
        desk.press("q")
        desk.wait_for_exit()

        assert COLOUR.findall(desk.sent) == []


def test_without_a_terminal_the_desk_points_to_status(cli: Cli) -> None:
    """Nothing is drawn to a pipe; exit code 2, and what to run instead."""
    refused = cli("--race", "R42")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "the desk needs a terminal" in refused.stderr
    assert "`racecontrol status`" in refused.stderr


def test_a_dumb_terminal_is_told_so(cli: Cli) -> None:
    """TERM=dumb: no escape is sent, and the sentence says what to run instead."""
    terminal = DeskTerminal([*cli.command, "--race", "R42"], cli.environment, TERM="dumb")
    terminal.wait_for("`racecontrol status`")

    assert terminal.wait_for_exit() == 2
    assert b"\x1b" not in terminal.sent


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(cli: Cli, open_desk: Open, number: signal.Signals) -> None:
    """SIGTERM and SIGHUP end the desk in order: screen left, cursor shown, server stopped."""
    with open_desk() as desk:
        desk.process.kill(number)

        assert desk.wait_for_exit() == 0
        assert desk.is_restored
    assert not server_status(cli.data_dir / "server").is_up


def test_a_closed_terminal_ends_the_desk_and_its_server(cli: Cli, open_desk: Open) -> None:
    """Whoever loses the connection leaves no server behind, and no worker."""
    with open_desk() as desk:
        desk.process.ptyproc.fileobj.close()

        assert desk.process.ptyproc.wait() is not None
    assert not server_status(cli.data_dir / "server").is_up


BROKEN = """
from racecontrol.cli import main
from racecontrol.desk.app import Desk

def broken(desk):
    raise ZeroDivisionError("no such key")

Desk.on_resize = broken
raise SystemExit(main(["--race", "R42"]))
"""
"""A desk with a fault of its own, in a handler that nothing guards."""


@pytest.mark.long
def test_a_fault_of_the_desk_itself_leaves_the_terminal_as_it_was(cli: Cli) -> None:
    """Fault T6: it ends with exit code 1 and says why; server and workers end as always."""
    desk = DeskTerminal([sys.executable, "-c", BROKEN], cli.environment)

    assert desk.wait_for_exit() == 1
    assert desk.is_restored
    assert "ZeroDivisionError" in desk.sent.decode()
    assert not server_status(cli.data_dir / "server").is_up


@pytest.mark.long
@pytest.mark.parametrize(
    "surroundings",
    [
        {"TERM": "linux"},
        {"TERM": "vt100"},
        {"TERM": "xterm", "LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"},
    ],
    ids=["linux", "vt100", "no UTF-8"],
)
def test_the_desk_opens_in_poor_terminals(open_desk: Open, surroundings: dict[str, object]) -> None:
    """Fault T5: it starts, and ends with the terminal as it was."""
    with open_desk(**surroundings) as desk:
        desk.press("q")

        assert desk.wait_for_exit() == 0
        assert desk.is_restored


@pytest.mark.long
def test_a_terminal_far_too_small_is_told_so(cli: Cli) -> None:
    """Fault T5: how large it is, and how large it must be; the desk can be left."""
    command = [*cli.command, "--race", "R42"]
    desk = DeskTerminal(command, cli.environment, columns=20, rows=5)
    desk.wait_for("20x5, needs 60x20")
    desk.press("q")

    assert desk.wait_for_exit() == 0
    assert desk.is_restored
