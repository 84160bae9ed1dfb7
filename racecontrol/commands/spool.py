"""What was accepted while the server was away, and waits on this machine's disk: list and drain it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from racecontrol.commands import spool_drain, spool_ls
from racecontrol.commands.command import Command, add_verbs, run_verb

VERBS: Final[Mapping[str, Command]] = {"ls": spool_ls, "drain": spool_drain}
"""What can be done with spools, in the order of the help: one file a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


run = run_verb
