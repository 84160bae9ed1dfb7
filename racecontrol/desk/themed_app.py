"""What both applications of the desk share: themes, no colour where NO_COLOR is set, a lasting driver."""

from __future__ import annotations

import os
from typing import TypeVar

from textual.app import App
from textual.driver import Driver

from racecontrol.desk.screen_file import lasting
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

    def get_driver_class(self) -> type[Driver]:
        return lasting(super().get_driver_class())
