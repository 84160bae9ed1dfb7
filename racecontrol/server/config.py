"""The embedded server's settings: nothing acknowledged is lost, nobody else gets in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from racecontrol.server.folder import ServerFolder
from racecontrol.server.keys import PREFIX

USER = "racecontrol"
"""The server's only user; without its password nothing is answered."""

_RULES = (
    f"~{PREFIX}* resetchannels +@all -@admin -@dangerous "
    "-config +config|get +info -flushall -flushdb -keys -debug -shutdown"
)
"""Our own keys only. CONFIG GET and INFO are read for `status` and the safety check; what erases or
reconfigures is for nobody, and the launcher stops the server by a signal."""

SHORT_LISTS: Final = {"hash-max-listpack-entries": "16", "zset-max-listpack-entries": "16"}
"""Up to 128 entries a server keeps small hashes and sets as lists, which it searches from the beginning: the
first calls of 100 items each, on queues that are short, take a quarter longer."""


def config_text(folder: ServerFolder, socket: Path, password: str) -> str:
    """The configuration file. Only settings that Redis 7.0 knows too; the password only as its digest."""
    digest = hashlib.sha256(password.encode()).hexdigest()
    settings = {
        "port": "0",
        "unixsocket": _quoted(socket),
        "unixsocketperm": "700",
        "daemonize": "yes",
        "pidfile": _quoted(folder.pid),
        "logfile": _quoted(folder.log),
        "dir": _quoted(folder.path),
        "save": '""',
        "appendonly": "yes",
        "appendfsync": "always",
        "no-appendfsync-on-rewrite": "no",
        "aof-load-truncated": "yes",
        "maxmemory-policy": "noeviction",
        **SHORT_LISTS,
    }
    lines = [f"{name} {value}" for name, value in settings.items()]
    return "\n".join([*lines, "user default off", f"user {USER} on #{digest} {_RULES}", ""])


def _quoted(path: Path) -> str:
    """A path as the file's syntax wants it: spaces, quotes and any other byte survive."""
    plain = b"".join(
        bytes([byte]) if 32 <= byte < 127 and byte not in b'"\\' else b"\\x%02x" % byte
        for byte in os.fsencode(path)
    )
    return f'"{plain.decode("ascii")}"'
