"""The program as its user has it: commands in processes of their own, a desk in a real terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from racecontrol.server.launcher import release_server
from tests.e2e.cli import Cli
from tests.e2e.terminal import DeskTerminal


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Cli]:
    """Commands on a data folder of their own; what they started is stopped at the end."""
    site = Cli(tmp_path / "site")
    yield site
    release_server(site.data_dir / "server")


@pytest.fixture
def desk_terminal(cli: Cli) -> Iterator[DeskTerminal]:
    """A desk of R42 at 120x40, on the data folder of `cli`."""
    terminal = DeskTerminal([*cli.command, "--race", "R42"], cli.environment, columns=120, rows=40)
    yield terminal
    terminal.close()
