"""Why the embedded server did not start: its own words, and what an operator can do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from racecontrol.errors import ServerUnavailable
from racecontrol.server.binary import find_binary
from racecontrol.server.folder import ServerFolder

_DAMAGED = re.compile(r"reading the append only file (\S+?):")


def refusal(folder: ServerFolder, told: str) -> ServerUnavailable:
    """Why the server did not start, in its own words, and what to do."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    said = [line.partition(" # ")[2] for line in lines if " # " in line and "overcommit" not in line]
    reason = " / ".join((said or lines)[-2:]) or "it said nothing"
    advice = f"see {folder.log}"
    damaged = _DAMAGED.search(reason)
    if damaged is not None:
        file = next(folder.path.rglob(damaged[1]), folder.path / damaged[1])
        # One program is server and checker; its name tells it which to be.
        check = f"exec -a valkey-check-aof {shlex.quote(find_binary())} {shlex.quote(str(file))}"
        advice = (
            f"{file} is damaged and nothing was changed: copy the folder {file.parent}, "
            f"then see where with: bash -c {shlex.quote(check)}"
        )
    return ServerUnavailable(f"the server of {folder.path} did not start ({reason})", advice=advice)


def lost_points(manifest: Path) -> ServerUnavailable:
    """Points are there and their list is not: the server would start empty, without a word."""
    return ServerUnavailable(
        f"{manifest} is missing, and the points beside it would be left out",
        advice=f"put it back from a copy, or move {manifest.parent} away to start empty",
    )
