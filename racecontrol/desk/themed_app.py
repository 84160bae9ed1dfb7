"""What both applications of the desk share: our themes, and no colour at all where NO_COLOR is set."""

from __future__ import annotations

import os
from typing import TypeVar

from textual.app import App

from racecontrol.desk.themes import LOOKS, MONO

Answer = TypeVar("Answer")


class ThemedApp(App[Answer]):
    """An App with the themes of `themes`, and textual's own palette binding off."""

    CSS_PATH = "desk.tcss"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, theme: str) -> None:
        # With native colours textual drops every colour under NO_COLOR; without, it makes them greys.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        for look in LOOKS.values():
            self.register_theme(look.theme)
        self.theme = MONO.theme.name if self.no_color else theme
