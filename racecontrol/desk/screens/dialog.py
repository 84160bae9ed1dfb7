"""What every dialog is: a framed body of lines over the main screen, with buttons, closed by escape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual._styles_cache import StylesCache
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input

from racecontrol.desk.lines.cells import Line, steady
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.line_widget import LineWidget

Answer = TypeVar("Answer")

FRAME_COLUMNS = 7
"""Border, padding and scroll bar of a dialog, both sides."""

FRAME_ROWS = 6
"""Border and padding above and below, and the line of the buttons under an empty one."""


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """Subclasses give the body's lines and the buttons. No text from outside is read as markup."""

    WIDTH: ClassVar[int] = 72
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
        Binding("up", "scroll_body(-1)", show=False),
        Binding("down", "scroll_body(1)", show=False),
        Binding("pageup", "scroll_body(-10)", show=False),
        Binding("pagedown", "scroll_body(10)", show=False),
    ]

    def __init__(self, signs: Signs, title: str) -> None:
        super().__init__()
        self.signs = signs
        self._heading = title
        self._body = LineWidget(signs=signs, classes="body")
        self._pane = VerticalScroll(self._body, classes="pane", can_focus=False)

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as frame:
            frame.border_title = Content(steady(self._heading) or " ")
            yield self._pane
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
        self.query_one(".dialog").styles.width = self.WIDTH
        self.set_class(self.signs.is_ascii, "-ascii")
        self.refresh_body()

    def on_resize(self) -> None:
        self.refresh_body()

    def on_unmount(self) -> None:
        # textual keeps what the last thousand widgets drew, also where they are gone: 0.8 MB a dialog.
        StylesCache.get_inner_outer.cache_clear()

    def refresh_body(self) -> None:
        """Draw the body again, as high as it is or as there is room; the rest can be scrolled to."""
        lines = self.body(max(10, min(self.WIDTH, self.app.size.width) - FRAME_COLUMNS))
        self._body.set_lines(lines)
        inputs = len(self.query(Input))
        room = max(1, self.app.size.height - FRAME_ROWS - inputs)
        for widget, height in ((self._body, len(lines)), (self._pane, min(len(lines), room))):
            if widget.styles.height is None or widget.styles.height.value != height:
                widget.styles.height = height

    def action_scroll_body(self, rows: int) -> None:
        """Scroll by so many rows."""
        self._pane.scroll_relative(y=rows, animate=False)

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
