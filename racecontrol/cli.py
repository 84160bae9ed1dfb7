"""Arguments to one command. Imports nothing heavy: `racecontrol --help` loads no textual, redis or numpy."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from racecontrol import __version__
from racecontrol.commands import desk
from racecontrol.commands.options import SITE_OPTIONS
from racecontrol.commands.registry import COMMANDS
from racecontrol.errors import RaceControlError

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code; what went wrong is said on stderr in words."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        return int(options.run(options))
    except RaceControlError as exc:
        sys.stderr.write(f"racecontrol: {exc}\n")
        return exc.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more while flushing at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command it opens the desk."""
    parser = argparse.ArgumentParser(
        prog="racecontrol",
        description="Race control for paragliding and hike-and-fly. Without a command: open the desk.",
        parents=[_site_options(argparse.SUPPRESS)],
    )
    parser.add_argument("--version", action="version", version=f"racecontrol {__version__}")
    desk.add_arguments(parser)
    parser.set_defaults(run=desk.run, **dict.fromkeys(SITE_OPTIONS))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary = (module.__doc__ or "").splitlines()[0]
        command = commands.add_parser(
            name, help=summary, description=module.__doc__, parents=[_site_options(argparse.SUPPRESS)]
        )
        command.set_defaults(run=module.run)
        module.add_arguments(command)
    return parser


def _site_options(default: str) -> argparse.ArgumentParser:
    """The options of every command, before or after its name."""
    parent = argparse.ArgumentParser(add_help=False, argument_default=default)
    site = parent.add_argument_group("site")
    site.add_argument("--data-dir", type=Path, metavar="DIR", help="all that a site keeps")
    site.add_argument("--races", metavar="DIR", help="where the race folders are")
    site.add_argument("--redis-url", metavar="URL", help="a server of your own instead of the embedded one")
    site.add_argument("--database-url", metavar="URL", help="a database of your own (sqlite:///PATH)")
    site.add_argument("--operator", metavar="NAME", help="the name that goes into the race log")
    return parent
