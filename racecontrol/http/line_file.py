"""`LineFile`: lines appended to a file, all of some milliseconds at once; others may move the file away."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path
from typing import IO, Final

from racecontrol.errors import ConfigError

EVERY_S: Final = 0.05
"""How long a line waits for others. Each by itself takes 12 µs of asking for the file and writing to it."""

_log = logging.getLogger(__name__)


class LineFile:
    """One file. Written to from one event loop; close it at the end, or the last lines are lost."""

    def __init__(self, path: Path) -> None:
        """Raises: ConfigError where the file cannot be opened."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = _opened(path)
        except OSError as exc:
            what = f"the access log {path} cannot be written ({exc.strerror or exc})"
            raise ConfigError(what, advice="name another file with --access-log") from exc
        self._path = path
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, line: str) -> None:
        """Write the line, soon. line: without its end."""
        self._lines.append(line)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(EVERY_S, self.flush)

    def flush(self) -> None:
        """Write what waits, now. A disk that takes nothing costs lines, never a request."""
        lines, self._lines = self._lines, []
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not lines:
            return
        try:
            if self._is_moved():
                self._file.close()
                self._file = _opened(self._path)
            self._file.write(("\n".join(lines) + "\n").encode())
        except OSError as exc:
            _log.warning("lines lost path=%s lines=%d reason=%s", self._path, len(lines), exc)

    def close(self) -> None:
        """Write what waits, and close the file."""
        self.flush()
        self._file.close()

    def _is_moved(self) -> bool:
        if self._file.closed:
            return True
        try:
            return not os.path.samestat(os.stat(self._path), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return True


def _opened(path: Path) -> IO[bytes]:
    return path.open("ab", buffering=0)
