"""The question before every change of the race."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Button, Input

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.start import wrapped
from racecontrol.desk.screens.dialog import Dialog, button
from racecontrol.desk.screens.problems import problems_dialog
from racecontrol.domain.race import Problem

LABEL_CELLS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. facts: label and text: what, how many, where, can it be undone.

    typed: what has to be typed before it can be confirmed, "" for nothing. problems: of the race's files,
    to be listed where one asks for it.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    answer: str
    typed: str = ""
    problems: tuple[Problem, ...] = ()


class Confirm(Dialog[bool]):
    """Asks, and answers with True only for a deliberate yes. Cancel has the focus."""

    def __init__(self, signs: Signs, question: Question) -> None:
        super().__init__(signs, question.title)
        self._question = question

    def body(self, width: int) -> Sequence[Line]:
        lines: list[Line] = []
        for label, text in self._question.facts:
            for index, piece in enumerate(wrapped(text, width - LABEL_CELLS)):
                name = label if index == 0 else ""
                lines.append((Span(f"{name:<{LABEL_CELLS}}", Role.MUTED), Span(piece)))
        if self._question.typed:
            said = (
                Span("Competition mode: type "),
                Span(self._question.typed, Role.STRONG),
                Span(" to confirm"),
            )
            lines += [BLANK, said]
        return lines

    def inputs(self) -> Iterable[Widget]:
        if self._question.typed:
            yield Input(id="typed", compact=True, select_on_focus=False)

    def buttons(self) -> Iterable[Button]:
        yield button("Cancel", "close")
        confirm = button(self._question.answer, "confirm", is_grave=True)
        confirm.disabled = bool(self._question.typed)
        yield confirm
        if self._question.problems:
            yield button("Problems", "problems")

    def on_mount(self) -> None:
        # Where the dialog takes the whole screen, a toast would cover what is asked.
        self.app.clear_notifications()
        self.query_one("#typed" if self._question.typed else "#close").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one("#confirm", Button).disabled = not self._is_typed(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._is_typed(event.value):
            self.dismiss(True)

    def _is_typed(self, text: str) -> bool:
        return text.strip().casefold() == self._question.typed.casefold()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "confirm":
            self.dismiss(True)
        elif event.button.id == "problems":
            self.app.push_screen(problems_dialog(self.signs, self._question.problems))
