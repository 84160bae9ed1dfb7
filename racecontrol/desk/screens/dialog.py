"""What every dialog is: a framed body of lines over the main screen, with buttons, closed by escape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button

from racecontrol.desk.lines.cells import Line, steady
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.line_widget import LineWidget

Answer = TypeVar("Answer")

FRAME_COLUMNS = 6
"""Border and padding of a dialog, both sides."""


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """Subclasses give the body's lines and the buttons. No text from outside is read as markup."""

    WIDTH: ClassVar[int] = 72
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, signs: Signs, title: str) -> None:
        super().__init__()
        self.signs = signs
        self._title = title
        self._body = LineWidget(signs=signs, classes="body")

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog", can_focus=False) as frame:
            frame.border_title = Content(steady(self._title))
            yield self._body
            yield from self.inputs()
            with Horizontal(classes="buttons"):
                yield from self.buttons()

    def inputs(self) -> Iterable[Widget]:
        """What stands between the body and the buttons."""
        return ()

    def buttons(self) -> Iterable[Button]:
        """The buttons, from the left; the first that can has the focus."""
        yield button("Close", "close")

    def body(self, width: int) -> Sequence[Line]:
        """The lines of the body in `width` cells."""
        raise NotImplementedError

    def on_mount(self) -> None:
        frame = self.query_one(".dialog")
        frame.styles.width = self.WIDTH
        self.refresh_body()

    def on_resize(self) -> None:
        self.refresh_body()

    def refresh_body(self) -> None:
        """Draw the body again."""
        width = max(10, min(self.WIDTH, self.app.size.width) - FRAME_COLUMNS)
        lines = self.body(width)
        self._body.set_lines(lines)
        if self._body.styles.height is None or self._body.styles.height.value != len(lines):
            self._body.styles.height = len(lines)

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "close":
            self.action_leave()


def button(label: str, id: str, *, is_grave: bool = False) -> Button:
    """A button of one line; a grave one changes the race."""
    return Button(Content(label), id=id, compact=True, classes="grave" if is_grave else "")
