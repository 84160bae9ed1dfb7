"""Every command by name, in the order of the help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from racecontrol.commands import (
    bench,
    export,
    fixture,
    loadtest,
    migrate,
    mode,
    race,
    replay,
    report,
    reprocess,
    serve,
    server,
    sos,
    spool,
    status,
    token,
    tracker,
    upload,
    work,
)
from racecontrol.commands.command import Command

COMMANDS: Final[Mapping[str, Command]] = {
    "race": race,
    "status": status,
    "work": work,
    "serve": serve,
    "spool": spool,
    "upload": upload,
    "migrate": migrate,
    "reprocess": reprocess,
    "replay": replay,
    "export": export,
    "report": report,
    "fixture": fixture,
    "mode": mode,
    "token": token,
    "tracker": tracker,
    "sos": sos,
    "server": server,
    "loadtest": loadtest,
    "bench": bench,
}
