"""Calls for help: list them, acknowledge one."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from racecontrol.commands import sos_ack, sos_ls
from racecontrol.commands.command import Command, add_verbs, run_verb

VERBS: Final[Mapping[str, Command]] = {"ls": sos_ls, "ack": sos_ack}
"""What can be done about calls for help: one file a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


run = run_verb
