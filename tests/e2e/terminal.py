"""A program in a real terminal: keys go in, the screen is read as a person sees it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import pexpect
import pyte

_MODES = (
    (b"\x1b[?1049h", b"\x1b[?1049l"),
    (b"\x1b[?25l", b"\x1b[?25h"),
    (b"\x1b[?1000h", b"\x1b[?1000l"),
)
"""What a full-screen program takes of a terminal, and how it gives it back."""

_OURS = ("NO_COLOR", "COLUMNS", "LINES")
"""Variables of the test's own surroundings; pytest-xdist, for one, sets the last two."""


class DeskTerminal:
    """A program under a pty, its output drawn on a screen of `columns` by `rows`.

    changes: over the environment and the terminal's own variables, for example TERM.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        columns: int = 120,
        rows: int = 40,
        **changes: str,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.sent = bytearray()
        self.process = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={
                **{name: value for name, value in environment.items() if name not in _OURS},
                **{"TERM": "xterm-256color", "LANG": "C.UTF-8", "COLORTERM": "truecolor"},
                **changes,
            },
            dimensions=(rows, columns),
            timeout=20,
        )

    @property
    def screen(self) -> str:
        """What the terminal shows now."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        """Send keys as a keyboard would."""
        self.process.send(keys)

    def wait_until(self, holds: Callable[[str], bool], what: str, timeout_s: float = 30) -> str:
        """The first screen of which `holds` is true; AssertionError with the screen otherwise."""
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            if holds(self.screen):
                return self.screen
            if not self._read():
                break
        if holds(self.screen):
            return self.screen
        raise AssertionError(f"never saw {what}:\n{self.screen}")

    def wait_for(self, text: str, timeout_s: float = 30) -> str:
        """The first screen that shows `text`."""
        return self.wait_until(lambda screen: text in screen, repr(text), timeout_s)

    def raw_until(self, sent: bytes) -> None:
        """Read until the program has sent that, and draw nothing: drawing takes longer than most programs."""
        found = b""
        while sent not in found:
            found = found[-len(sent) :] + self.process.read_nonblocking(65536, timeout=20)

    def raw_until_quiet(self, quiet_s: float) -> None:
        """Read until the program has sent nothing for so long, and draw nothing."""
        with suppress(pexpect.TIMEOUT):
            while True:
                self.process.read_nonblocking(65536, timeout=quiet_s)

    def wait_for_exit(self, timeout_s: float = 20) -> int | None:
        """The exit status, once the program has ended."""
        deadline_s = time.monotonic() + timeout_s
        while self.process.isalive() and time.monotonic() < deadline_s:
            self._read()
        assert not self.process.isalive(), f"still running:\n{self.screen}"
        status = self.process.exitstatus
        return None if status is None else int(status)

    def hang_up(self, timeout_s: float = 20) -> int | None:
        """Close the window under the program: the exit status, None where a signal ended it."""
        self.process.ptyproc.fileobj.close()
        deadline_s = time.monotonic() + timeout_s
        while self.process.isalive():
            assert time.monotonic() < deadline_s, "still running without its terminal"
            time.sleep(0.02)
        status = self.process.exitstatus
        return None if status is None else int(status)

    @property
    def is_restored(self) -> bool:
        """The alternate screen is left, the cursor shown, the mouse nobody's: as they were before."""
        return all(self.sent.rfind(given) > self.sent.rfind(taken) for taken, given in _MODES)

    def close(self) -> None:
        """End the program if it still runs."""
        self.process.close(force=True)

    def _read(self) -> bool:
        """Draw what has arrived within 0.2 s; False once the program has ended."""
        try:
            chunk = self.process.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.sent += chunk
        self._stream.feed(chunk)
        return True
