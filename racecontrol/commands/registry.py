"""Every command by name, in the order of the help."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final, Protocol

from racecontrol.commands import bench, export, fixture, mode, race, replay, server, status, work


class Command(Protocol):
    """What a module of this package offers. Its docstring's first line is the command's help."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the command takes."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it and give the exit code."""


COMMANDS: Final[Mapping[str, Command]] = {
    "race": race,
    "status": status,
    "work": work,
    "replay": replay,
    "export": export,
    "fixture": fixture,
    "mode": mode,
    "server": server,
    "bench": bench,
}
