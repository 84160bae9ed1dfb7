"""A dialog with a few answers to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from textual.widgets import Button

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.start import wrapped
from racecontrol.desk.screens.dialog import Dialog, button


class Choice(Dialog[str]):
    """Answers with the key of the chosen answer, None where nothing was chosen."""

    def __init__(self, signs: Signs, title: str, text: str, answers: Mapping[str, str]) -> None:
        super().__init__(signs, title)
        self._text = text
        self._answers = answers

    def body(self, width: int) -> Sequence[Line]:
        return [*((Span(line, Role.TEXT),) for line in wrapped(self._text, width))]

    def buttons(self) -> Iterable[Button]:
        yield button("Cancel", "close")
        for key, label in self._answers.items():
            yield button(label, f"answer-{key}")

    def on_button_pressed(self, event: Button.Pressed) -> None:
        kind, _, key = (event.button.id or "").partition("-")
        if kind == "answer":
            self.dismiss(key)
