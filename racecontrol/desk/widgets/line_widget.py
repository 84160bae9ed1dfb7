"""A widget that shows lines and draws again only those that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from racecontrol.desk.lines.cells import Line, Role, as_ascii, steady
from racecontrol.desk.lines.signs import UNICODE, Signs
from racecontrol.desk.themes import DARK, LOOKS


class LineWidget(Widget):
    """Lines of spans, padded to the widget's width. A span with a key presses that key when clicked."""

    ALLOW_SELECT: ClassVar[bool] = False

    class KeyClicked(Message):
        """A span with a key was clicked."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    def __init__(self, *, signs: Signs = UNICODE, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.signs = signs
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows now."""
        return self._lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show these lines; the terminal is sent only those that differ from what is there."""
        before, self._lines = self._lines, tuple(lines)
        for y in range(max(len(before), len(self._lines))):
            if _at(before, y) != _at(self._lines, y):
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        look = LOOKS.get(self.app.theme, DARK)
        # A segment has no background of its own unless its role has: the widget's goes under it.
        base = self.rich_style
        line = _at(self._lines, y)
        segments = [_segment(self.signs, span.text, base + look.styles[span.role], span.key) for span in line]
        return Strip(segments).adjust_cell_length(self.size.width, base + look.styles[Role.TEXT])

    def on_click(self, event: events.Click) -> None:
        key = _meta(event.style.meta).get("key")
        if isinstance(key, str) and key:
            event.stop()
            self.post_message(self.KeyClicked(key))


def _at(lines: Sequence[Line], y: int) -> Line:
    return lines[y] if y < len(lines) else ()


def _segment(signs: Signs, text: str, style: Style, key: str) -> Segment:
    shown = as_ascii(text) if signs.is_ascii else steady(text)
    return Segment(shown, style + Style.from_meta({"key": key}) if key else style)


def _meta(meta: Mapping[str, object] | None) -> Mapping[str, object]:
    return meta or {}
