"""Races: list and look at them, bring one in, start one, recall a start, read the log."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from racecontrol.commands import race_import, race_log, race_ls, race_recall, race_show, race_start
from racecontrol.commands.command import Command, add_verbs, run_verb

VERBS: Final[Mapping[str, Command]] = {
    "ls": race_ls,
    "show": race_show,
    "start": race_start,
    "recall": race_recall,
    "log": race_log,
    "import": race_import,
}
"""What can be done with races, in the order of the help: one file a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


run = run_verb
