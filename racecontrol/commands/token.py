"""Who may send and ask over HTTP: issue, list and revoke tokens, and tell the secrets of devices."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final

from racecontrol.commands import token_device, token_issue, token_ls, token_revoke
from racecontrol.commands.command import Command, add_verbs, run_verb

VERBS: Final[Mapping[str, Command]] = {
    "issue": token_issue,
    "ls": token_ls,
    "revoke": token_revoke,
    "device": token_device,
}
"""What can be done with tokens, in the order of the help: one file a verb."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_verbs(parser, VERBS)


run = run_verb
