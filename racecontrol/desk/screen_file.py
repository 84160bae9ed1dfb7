"""Where textual draws to, made to outlive its terminal.

textual writes from a thread that ends at the first error, and then fills a queue of 30 that nobody empties:
with the terminal closed, the app waits for ever instead of leaving in order.
"""

from __future__ import annotations

import logging
from typing import IO, Any

from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

_log = logging.getLogger(__name__)


class ScreenFile:
    """A terminal's file; what is written after it was closed is dropped."""

    def __init__(self, terminal: IO[str]) -> None:
        self._terminal = terminal
        self._is_gone = False

    def write(self, text: str) -> None:
        """Write, or drop what no terminal is there for."""
        self._unless_gone(self._terminal.write, text)

    def flush(self) -> None:
        """Bring to the terminal what is not there yet."""
        self._unless_gone(self._terminal.flush)

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._terminal.fileno()

    def _unless_gone(self, write: Any, *text: str) -> None:
        if self._is_gone:
            return
        try:
            write(*text)
        except OSError as exc:
            self._is_gone = True
            _log.warning("the terminal is gone reason=%s", exc)


class LastingDriver(LinuxDriver):
    """textual's driver for terminals of Linux and macOS, drawing to a `ScreenFile`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._file: Any = ScreenFile(self._file)


def lasting(driver: type[Driver]) -> type[Driver]:
    """The driver that outlives its terminal, where there is one."""
    return LastingDriver if driver is LinuxDriver else driver
