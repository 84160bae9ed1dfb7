"""Races: list and look at them, bring one in, start one, recall a start."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from racecontrol.commands import race_import, race_ls, race_recall, race_show, race_start
from racecontrol.commands.options import site_options

if TYPE_CHECKING:
    from racecontrol.commands.registry import Command

VERBS: Final[Mapping[str, Command]] = {
    "ls": race_ls,
    "show": race_show,
    "start": race_start,
    "recall": race_recall,
    "import": race_import,
}
"""What can be done with races, in the order of the help: one file a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True)
    for name, module in VERBS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        verb = verbs.add_parser(name, help=summary, description=module.__doc__, parents=[site_options()])
        verb.set_defaults(run_verb=module.run)
        module.add_arguments(verb)


def run(options: argparse.Namespace) -> int:
    return int(options.run_verb(options))
