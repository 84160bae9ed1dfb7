"""Trackers: list those that no pilot owns, give one to a pilot."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from racecontrol.commands import tracker_assign, tracker_ls
from racecontrol.commands.command import Command, add_verbs, run_verb

VERBS: Final[Mapping[str, Command]] = {"ls": tracker_ls, "assign": tracker_assign}
"""What can be done with trackers: one file a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


run = run_verb
