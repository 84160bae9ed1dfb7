"""What commands share of their arguments: the site they speak of, and asking before a race is changed."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

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
    sys.stderr.write(f"{deed}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise RaceControlError("nothing was done")
