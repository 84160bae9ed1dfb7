"""Arguments to one command. Imports nothing heavy: `racecontrol --help` loads no textual, redis or numpy."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import suppress

from racecontrol import __version__
from racecontrol.commands import desk
from racecontrol.commands.command import CommandLine, run_under
from racecontrol.commands.ending import end_as_at_interrupt
from racecontrol.commands.options import SITE_OPTIONS, site_options
from racecontrol.commands.output import ReaderGone, print_failure, say
from racecontrol.commands.registry import COMMANDS
from racecontrol.errors import Interrupted, RaceControlError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; what went wrong is said on stderr in words."""
    given = sys.argv[1:] if arguments is None else arguments
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    end_as_at_interrupt()
    is_json = "--json" in given
    try:
        options = build_parser().parse_args(given)
        return int(options.run(options))
    except ReaderGone:
        return 0
    except RaceControlError as exc:
        say(f"racecontrol: {exc}")
        failure = exc
    except KeyboardInterrupt:
        failure = Interrupted("interrupted")
        # A watch has answered, and ends so.
        is_json = is_json and "--watch" not in given
    if is_json:
        with suppress(ReaderGone):
            print_failure(failure)
    return failure.exit_code


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command it opens the desk."""
    parser: argparse.ArgumentParser = CommandLine(
        prog="racecontrol",
        description="Race control for paragliding and hike-and-fly. Without a command: open the desk.",
        parents=[site_options()],
    )
    parser.add_argument("--version", action="version", version=f"racecontrol {__version__}")
    desk.add_arguments(parser)
    parser.set_defaults(run=desk.run, **dict.fromkeys(SITE_OPTIONS))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, module in COMMANDS.items():
        run_under(commands, name, module, "run")
    return parser
