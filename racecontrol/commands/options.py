"""What commands share of their arguments: the site they speak of, and asking before a race is changed."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from racecontrol.commands.output import say_in_place
from racecontrol.errors import ConfigError, RaceControlError

if TYPE_CHECKING:
    from racecontrol.settings import Settings

SITE_OPTIONS = ("data_dir", "races", "redis_url", "database_url", "operator")
"""The options of every command, by their names in Settings."""


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings of this run: flags over environment over file over defaults.

    Raises: ConfigError.
    """
    from racecontrol.settings import load_settings

    return load_settings({name: getattr(options, name, None) for name in SITE_OPTIONS})


def racing_settings_of(options: argparse.Namespace) -> Settings:
    """As `settings_of`, for a command that looks for races; a folder of them that is none is told.

    Raises: ConfigError, also where none of the folders given is one.
    """
    from racecontrol.commands.output import say
    from racecontrol.formats.racefolder import lost_folders

    settings = settings_of(options)
    lost = lost_folders(settings.races)
    if lost and len(lost) == len(settings.races):
        raise ConfigError("; ".join(lost), advice="name the folder that the race folders are in with --races")
    for one in lost:
        say(f"warning: {one}")
    return settings


def site_options() -> argparse.ArgumentParser:
    """A parent parser with the options of every command, which may stand before or after its name."""
    parent = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    site = parent.add_argument_group("site")
    site.add_argument("--data-dir", metavar="DIR", help="all that a site keeps")
    site.add_argument("--races", metavar="DIR", help="where the race folders are")
    site.add_argument("--redis-url", metavar="URL", help="a server of your own instead of the embedded one")
    site.add_argument("--database-url", metavar="URL", help="a database of your own (sqlite:///PATH)")
    site.add_argument("--operator", metavar="NAME", help="the name that goes into the race log")
    return parent


def add_confirmation(parser: argparse.ArgumentParser) -> None:
    """`--yes`, for a command that changes a race."""
    parser.add_argument("--yes", action="store_true", help="do it without asking")


def require_confirmation(options: argparse.Namespace, deed: str) -> None:
    """Ask the person at the terminal, unless `--yes` was given.

    Raises: ConfigError where nobody can be asked; RaceControlError where the answer is no.
    """
    if options.yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ConfigError(f"{deed} wants to be confirmed", advice="add --yes")
    say_in_place(f"{deed}? [y/N] ")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise RaceControlError("nothing was done")
