"""A server for one measurement: set as the embedded one is, by a socket or over TCP, gone after it."""

from __future__ import annotations

import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.errors import ServerUnavailable
from racecontrol.server.bare import BareLink
from racecontrol.server.binary import find_binary
from racecontrol.server.config import SHORT_LISTS

_PATIENCE_S: Final = 10.0
_POLL_S: Final = 0.005


@contextmanager
def private_server(appendfsync: str = "always", *, is_tcp: bool = False) -> Iterator[str]:
    """A fresh server's URL, with its password; the server and its data are gone after the block.

    appendfsync: "always" or "everysec". Its append-only file is never rewritten, so that no rewrite
    falls into one round of a measurement and not into another.

    Raises: ServerUnavailable where it does not start; ConfigError where there is no server program.
    """
    with TemporaryDirectory(prefix="rc-bench-", ignore_cleanup_errors=True) as folder:
        password = secrets.token_hex(16)
        settings = {
            "dir": folder,
            "logfile": f"{folder}/log",
            "save": "",
            "appendonly": "yes",
            "appendfsync": appendfsync,
            "auto-aof-rewrite-percentage": "0",
            "maxmemory-policy": "noeviction",
            **SHORT_LISTS,
            "requirepass": password,
        }
        if is_tcp:
            port = _free_port()
            settings |= {"port": str(port), "bind": "127.0.0.1"}
            url = f"redis://:{password}@127.0.0.1:{port}"
        else:
            settings |= {"port": "0", "unixsocket": f"{folder}/s", "unixsocketperm": "700"}
            url = f"unix://:{password}@{quote(folder)}/s"
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        process = subprocess.Popen([find_binary(), *arguments], stdout=subprocess.DEVNULL)
        try:
            _await_ready(process, url, Path(folder, "log"))
            yield url
        finally:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    give_up_s = SYSTEM_CLOCK.monotonic_s() + _PATIENCE_S
    while SYSTEM_CLOCK.monotonic_s() < give_up_s and process.poll() is None:
        try:
            BareLink(url).close()
        except OSError:
            time.sleep(_POLL_S)
        else:
            return
    told = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    raise ServerUnavailable(f"the server for the bench does not start ({told[-1] if told else 'silent'})")
