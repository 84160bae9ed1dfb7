"""Whether there is a terminal to draw on. Imports no textual, which would draw to anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from racecontrol.errors import ConfigError

_INSTEAD = "for text on any output, run `racecontrol status`"


def require_terminal(keyboard: TextIO | None, screen: TextIO | None, environ: Mapping[str, str]) -> None:
    """Refuse where nobody could see or steer the desk. textual reads stdin and draws on stderr.

    Raises: ConfigError.
    """
    if keyboard is None or screen is None or not (keyboard.isatty() and screen.isatty()):
        raise ConfigError("the desk needs a terminal", advice=_INSTEAD)
    if environ.get("TERM", "") in ("", "dumb"):
        raise ConfigError("the desk cannot draw on a terminal of TERM=dumb", advice=_INSTEAD)
