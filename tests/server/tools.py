"""Real servers for tests, and ways to hurt them.

    with valkey() as server:             a fresh server of one's own (fixture: own_server)
    server.kill(), server.restart()      kill -9; start again on the same data
    with server.frozen():                SIGSTOP inside the block
    with valkey(appendfsync="everysec")  with another setting

Links that break are in `proxy`.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from racecontrol.server.binary import find_binary

_POLL_S = 0.002
_PATIENCE_S = 20.0


def wait_for(what: str, is_true: Callable[[], bool], timeout_s: float = _PATIENCE_S) -> None:
    """Block until `is_true()`; the description tells what never came."""
    deadline = time.monotonic() + timeout_s
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError(f"never happened within {timeout_s:g} s: {what}")
        time.sleep(_POLL_S)


class ValkeyProcess:
    """A server of a test's own, as the embedded one is set, but open to every command.

    folder: short, since the socket's path in it may take 107 bytes. settings: over the defaults,
    for example appendfsync="everysec".
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.socket_path = folder / "s"
        self.url = f"unix://{self.socket_path}"
        self.settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "dir": str(folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "logfile": str(folder / "log"),
        } | {name.replace("_", "-"): value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running server's process id."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, with the data it had, and return when it answers."""
        arguments = [part for name, value in self.settings.items() for part in (f"--{name}", value)]
        self._process = process = subprocess.Popen([find_binary(), *arguments], stdout=subprocess.DEVNULL)
        wait_for("the server answers PING", lambda: process.poll() is not None or self.is_up())
        if process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text())

    def is_up(self) -> bool:
        """Whether it answers PING."""
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(_PATIENCE_S)
                link.connect(str(self.socket_path))
                link.sendall(b"PING\r\n")
                return link.recv(64) == b"+PONG\r\n"
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """kill -9 and start again on the same data."""
        self.kill()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """SIGSTOP it inside the block, SIGCONT after."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def valkey(**settings: str) -> Iterator[ValkeyProcess]:
    """A fresh server in a folder of its own; gone after the block."""
    # Not pytest's tmp_path: a test's name in it makes a socket path too long.
    with TemporaryDirectory(prefix="rc-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        server = ValkeyProcess(Path(folder), **settings)
        try:
            server.start()
            yield server
        finally:
            server.kill()
