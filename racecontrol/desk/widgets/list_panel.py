"""A panel of rows with a cursor that stays on its row while the rows move under it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from textual import events
from textual.message import Message

from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.panel import Panel

WHEEL_ROWS = 3


class ListPanel(Panel):
    """Rows known by a key each. The subclass draws from row `top` on, after `HEAD_ROWS` lines of head."""

    HEAD_ROWS = 1

    class Opened(Message):
        """A row was double-clicked."""

    def __init__(self, signs: Signs) -> None:
        super().__init__(signs)
        self.top = 0
        self._index = 0
        self._key: str | None = None
        self._keys: Sequence[str] = ()

    @abstractmethod
    def row_text(self) -> str:
        """The row under the cursor for the clipboard, "" where there is none."""

    @property
    def cursor(self) -> int | None:
        """The index of the row that the cursor is on; None while the panel has no focus, or no row."""
        return self._index if self._keys and self.has_focus else None

    @property
    def chosen(self) -> str | None:
        """The key of the row that the cursor is on, focus or not; None until it was moved there."""
        return self._key

    @property
    def index(self) -> int:
        """Where the cursor stands among the rows."""
        return self._index

    def set_keys(self, keys: Sequence[str], room: int) -> None:
        """Tell which rows there are and how many fit; the cursor follows its row, the view the cursor."""
        self._keys = keys
        if self._key in keys:
            self._index = keys.index(self._key)
        self._index = max(0, min(self._index, len(keys) - 1))
        self.top = max(0, min(self.top, len(keys) - room))
        if self._key is not None:
            self.top = max(min(self.top, self._index), self._index - room + 1)

    def move(self, rows: int) -> None:
        """Move the cursor by so many rows, as far as there are rows."""
        if not self._keys:
            return
        # The first press shows the cursor where it stands.
        self._index = max(0, min(self._index + rows, len(self._keys) - 1))
        self._key = self._keys[self._index]
        self.redraw()

    def page(self) -> int:
        """How many rows a page has."""
        return max(1, self.size.height - self.HEAD_ROWS)

    def on_focus(self) -> None:
        # A cursor that nobody moved stays at the top while rows change places: the worst stand there.
        self.redraw()

    def on_blur(self) -> None:
        self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-WHEEL_ROWS)

    def row_at(self, y: int) -> int | None:
        """The index of the row drawn at line `y` of the panel, None for the head or nothing."""
        row = self.top + y - self.HEAD_ROWS
        return row if y >= self.HEAD_ROWS and row < len(self._keys) else None

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        row = None if offset is None else self.row_at(offset.y)
        if row is None:
            return
        self.move(row - self._index)
        if event.chain == 2:
            self.post_message(self.Opened())
