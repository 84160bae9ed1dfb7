"""Where the embedded server of a site keeps its files, and where its socket is.

DATA/server/             0700
  valkey.conf            written at each start
  password               0600, made once
  socket                 where the server that runs now listens
  pid, valkey.log        the server's own
  appendonlydir/         the points
  users.lock             held, shared, by every process that uses the server
  start.lock             held by who starts, joins or stops it
  server.lock            held by the server itself, as long as it lives
  keep                   exists after `racecontrol server start`
RUNTIME/racecontrol-UID-HASH/s    the socket: its path may take 107 bytes, a data folder's more
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from racecontrol.errors import ConfigError
from racecontrol.server.private_files import write_private

LONGEST_SOCKET_PATH = 103
"""Bytes: Linux takes 107, macOS 103."""


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """The files of one site's server. path: absolute."""

    path: Path

    @property
    def config(self) -> Path:
        return self.path / "valkey.conf"

    @property
    def log(self) -> Path:
        return self.path / "valkey.log"

    @property
    def pid(self) -> Path:
        return self.path / "pid"

    @property
    def keep(self) -> Path:
        return self.path / "keep"

    @property
    def users_lock(self) -> Path:
        return self.path / "users.lock"

    @property
    def start_lock(self) -> Path:
        return self.path / "start.lock"

    @property
    def server_lock(self) -> Path:
        return self.path / "server.lock"

    def make(self) -> None:
        """Make the folder for its owner only. Raises: OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def password(self) -> str:
        """The password of our user; made where there is none, or a power cut emptied it. Raises: OSError."""
        password = self._read("password").strip()
        if not password.isalnum():
            password = secrets.token_hex(24)
            self.write("password", password)
        return password

    def socket(self) -> Path | None:
        """Where the server that runs, or the last one, listens."""
        path = self._read("socket")
        return Path(path) if path else None

    def choose_socket(self) -> Path:
        """A path for the socket, in a folder that only we can enter; it stays the same if it can.

        Raises: ConfigError where somebody else has made that folder. OSError.
        """
        last = self.socket()
        socket = last if last is not None and last.parent.is_dir() else self._new_socket()
        _make_private(socket.parent)
        self.write("socket", str(socket))
        return socket

    def remove_socket(self) -> None:
        """Take the socket and its folder away. The caller knows that no server runs."""
        socket = self.socket()
        if socket is not None:
            with suppress(OSError):  # what remains there is in nobody's way
                socket.unlink(missing_ok=True)
                socket.parent.rmdir()

    def lost_manifest(self) -> Path | None:
        """The append-only files' missing list, where there are such files; a server would start empty."""
        manifest = self.path / "appendonlydir" / "appendonly.aof.manifest"
        is_lost = not manifest.exists() and any(manifest.parent.glob("appendonly.aof.*"))
        return manifest if is_lost else None

    def write(self, name: str, text: str) -> None:
        """Write one of the files whole or not at all, readable by its owner only. Raises: OSError."""
        write_private(self.path / name, text)

    def _read(self, name: str) -> str:
        try:
            return (self.path / name).read_text(encoding="utf-8", errors="surrogateescape").strip("\0")
        except FileNotFoundError:
            return ""

    def _new_socket(self) -> Path:
        digest = hashlib.blake2b(os.fsencode(self.path.resolve()), digest_size=6).hexdigest()
        name = f"racecontrol-{os.geteuid()}-{digest}"
        for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir()):
            socket = Path(base) / name / "s"
            is_short = len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH
            if is_short and Path(base).is_absolute() and os.access(base, os.W_OK):
                return socket
        return Path("/tmp") / name / "s"


def _make_private(folder: Path) -> None:
    """Make the folder, or see that the one that is there is ours: in /tmp anybody could have made it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ConfigError(
            f"{folder} is not a folder of this user",
            advice="somebody made it before us: remove it, or set XDG_RUNTIME_DIR to a folder of your own",
        )
    folder.chmod(0o700)
