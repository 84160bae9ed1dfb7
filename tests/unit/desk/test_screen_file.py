"""A terminal that goes away while the desk draws."""

from __future__ import annotations

import io

import pytest

from racecontrol.desk.screen_file import ScreenFile


class Closed(io.StringIO):
    """A terminal that was closed after the first write."""

    def flush(self) -> None:
        raise OSError(5, "Input/output error")


def test_what_is_drawn_after_the_terminal_closed_is_dropped(caplog: pytest.LogCaptureFixture) -> None:
    """The desk goes on, to leave in order, and says so once in its log."""
    terminal = Closed()
    screen = ScreenFile(terminal)
    for text in ("before", "after", "long after"):
        screen.write(text)
        screen.flush()

    assert terminal.getvalue() == "before"
    assert [record.getMessage() for record in caplog.records] == [
        "the terminal is gone reason=[Errno 5] Input/output error"
    ]
