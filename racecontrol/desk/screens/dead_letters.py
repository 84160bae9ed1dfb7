"""The dead letters of a queue, with their reasons: revive or purge one, or all that are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from textual.widgets import Button

from racecontrol.desk.lines.cells import Line
from racecontrol.desk.lines.items import dead_lines
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.screens.dialog import Dialog, button
from racecontrol.queues.model import DeadLetter


class Doing(Enum):
    """What becomes of a dead letter."""

    REVIVE = "revive"
    PURGE = "purge"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen, and for which letters."""

    doing: Doing
    letters: tuple[DeadLetter, ...]


_BUTTONS = {
    "revive": (Doing.REVIVE, False),
    "revive-all": (Doing.REVIVE, True),
    "purge": (Doing.PURGE, False),
    "purge-all": (Doing.PURGE, True),
}


class DeadLettersScreen(Dialog[Choice | None]):
    """Up and down go from letter to letter; the reason of the one under the cursor stands above them."""

    def __init__(
        self, signs: Signs, queue: str, letters: Sequence[DeadLetter], *, is_read_only: bool
    ) -> None:
        super().__init__(signs, f"Dead letters of {queue}")
        self._letters = tuple(letters)
        self._is_read_only = is_read_only
        self._cursor = 0

    def body(self, width: int) -> Sequence[Line]:
        return dead_lines(self._letters, self._cursor, width)

    def buttons(self) -> Iterable[Button]:
        yield button("Close", "close")
        if self._letters and not self._is_read_only:
            yield button("Revive", "revive")
            yield button("Revive all", "revive-all")
            yield button("Purge", "purge", is_grave=True)
            yield button("Purge all", "purge-all", is_grave=True)

    def action_scroll_body(self, rows: int) -> None:
        """Move the cursor by so many letters, and the view with it."""
        before = self._cursor
        self._cursor = max(0, min(self._cursor + rows, len(self._letters) - 1))
        self.refresh_body()
        super().action_scroll_body(self._cursor - before)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id in _BUTTONS:
            doing, is_all = _BUTTONS[event.button.id]
            chosen = self._letters if is_all else self._letters[self._cursor : self._cursor + 1]
            self.dismiss(Choice(doing, chosen))
