"""What every panel of the main screen is: lines in a frame, made from a snapshot, that may fail alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.content import Content

from racecontrol.desk.lines.cells import Line, Role, Span, steady
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.line_widget import LineWidget
from racecontrol.telemetry.snapshot import Snapshot

logger = logging.getLogger(__name__)


class Panel(LineWidget, can_focus=True):
    """A framed panel. Subclasses give `draw` and `heading`; both may raise without harm to other panels."""

    NUMBER: ClassVar[str] = ""
    NAME: ClassVar[str] = ""

    def __init__(self, signs: Signs) -> None:
        super().__init__(signs=signs, id=self.NAME, classes="panel")
        self.snapshot: Snapshot | None = None
        self._heading = ""
        self._failure = ""

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Sequence[Line]:
        """The lines for the snapshot in that many cells; more than `height` are not seen."""
        raise NotImplementedError

    def heading(self, snapshot: Snapshot | None) -> str:
        """The frame's title, without the panel's number."""
        return self.NAME.capitalize()

    def on_mount(self) -> None:
        self.redraw()

    def on_resize(self, _: events.Resize) -> None:
        self.redraw()

    def show(self, snapshot: Snapshot) -> None:
        """Take a snapshot and draw what changed."""
        self.snapshot = snapshot
        self.redraw()

    def redraw(self) -> None:
        """Draw the last snapshot again: after a change of size, cursor, filter or theme.

        Never raises: a panel that fails says so in its frame, and the race goes on.
        """
        try:
            self._draw()
            self._failure = ""
        except Exception as exc:
            self._fail(exc)

    def _draw(self) -> None:
        self._set_heading(self.heading(self.snapshot))
        width, height = self.size
        if not width or not height or not self.is_attached:
            return
        if self.snapshot is None:
            self.set_lines([(Span("waiting for the first answer", Role.MUTED),)])
        else:
            self.set_lines(self.draw(self.snapshot, width, height))

    def _fail(self, exc: Exception) -> None:
        said = f"{type(exc).__name__}: {exc}"
        if said != self._failure:
            logger.exception("panel failed panel=%s", self.NAME)
        self._failure = said
        self.set_lines([(Span(f"panel failed: {said}", Role.BAD),), (Span("the race goes on", Role.MUTED),)])

    def _set_heading(self, heading: str) -> None:
        title = f"{self.NUMBER} {heading}" if self.NUMBER else heading
        if title != self._heading:
            self._heading = title
            self.border_title = Content(steady(title))
