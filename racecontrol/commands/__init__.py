"""One file a command: `add_arguments` and `run`. Importing one costs nothing; heavy imports are in `run`."""

from __future__ import annotations

import argparse
from typing import Protocol


class Command(Protocol):
    """What a module of this package offers. Its docstring's first line is the command's help."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the command takes."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it and give the exit code."""


COMMANDS: dict[str, Command] = {}
"""Every command by name, in the order of the help."""
