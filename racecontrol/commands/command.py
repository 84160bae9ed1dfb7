"""What a command is, and how a table of them becomes a part of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import NoReturn, Protocol

from racecontrol.commands.options import site_options
from racecontrol.commands.output import say_in_place
from racecontrol.errors import UsageError


class Command(Protocol):
    """What a module of this package offers. Its docstring's first line is the command's help."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare what the command takes."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it and give the exit code."""


class CommandLine(argparse.ArgumentParser):
    """Raises what argparse would exit with; the parsers of commands and verbs are of this class, too."""

    def error(self, message: str) -> NoReturn:
        """Show the usage. Raises: UsageError."""
        say_in_place(self.format_usage())
        raise UsageError(message, advice=f"see `{self.prog} --help`")


def add_verbs(parser: argparse.ArgumentParser, verbs: Mapping[str, Command]) -> None:
    """Declare the verbs of a command that has several, one module each; `run_verb` runs the one given."""
    choices = parser.add_subparsers(title="what to do", metavar="VERB", required=True)
    for name, module in verbs.items():
        run_under(choices, name, module, "run_verb")


def run_verb(options: argparse.Namespace) -> int:
    """Run the verb that was given and give its exit code."""
    return int(options.run_verb(options))


def run_under(
    choices: argparse._SubParsersAction[argparse.ArgumentParser], name: str, module: Command, runs_as: str
) -> None:
    """Add the module as a choice. runs_as: the option that its `run` is found in."""
    summary = (module.__doc__ or "").splitlines()[0]
    parser = choices.add_parser(name, help=summary, description=module.__doc__, parents=[site_options()])
    parser.set_defaults(**{runs_as: module.run})
    module.add_arguments(parser)
