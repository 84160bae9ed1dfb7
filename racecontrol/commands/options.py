"""From parsed arguments to Settings."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

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
