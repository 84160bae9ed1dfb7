"""Where the desk refuses to open, and what it can show."""

from __future__ import annotations

from io import StringIO

import pytest

from racecontrol.desk.lines.signs import ASCII, UNICODE, Signs, signs_for
from racecontrol.desk.terminal import require_terminal
from racecontrol.errors import ConfigError


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("keyboard", "screen"), [(StringIO(), Terminal()), (Terminal(), StringIO()), (None, Terminal())]
)
def test_the_desk_refuses_without_a_terminal(keyboard: StringIO | None, screen: StringIO) -> None:
    """Where nobody can see or steer it, the advice is the status command."""
    with pytest.raises(ConfigError, match="racecontrol status"):
        require_terminal(keyboard, screen, {"TERM": "xterm"})


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"TERM": ""}, {}])
def test_the_desk_refuses_a_dumb_terminal(environ: dict[str, str]) -> None:
    """A terminal that cannot place a cursor gets the same advice."""
    with pytest.raises(ConfigError, match="racecontrol status"):
        require_terminal(Terminal(), Terminal(), environ)


def test_the_desk_opens_on_a_terminal() -> None:
    """Two terminals and a TERM are all it needs."""
    require_terminal(Terminal(), Terminal(), {"TERM": "linux"})


@pytest.mark.parametrize(
    ("encoding", "signs"), [("utf-8", UNICODE), ("UTF8", UNICODE), ("iso-8859-1", ASCII), (None, ASCII)]
)
def test_signs_follow_the_encoding(encoding: str | None, signs: Signs) -> None:
    """Only a terminal that speaks UTF-8 gets more than ASCII."""
    assert signs_for(encoding) is signs
