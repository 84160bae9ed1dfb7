"""A dialog that shows lines and nothing else: help, a pilot, a queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from racecontrol.desk.lines.cells import Line
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.screens.dialog import Dialog

Draw = Callable[[int], Sequence[Line]]
"""Lines for a width."""


class LinesDialog(Dialog[None]):
    """Draws again at every snapshot, so that a pilot or a queue stays live."""

    def __init__(self, signs: Signs, title: str, draw: Draw) -> None:
        super().__init__(signs, title)
        self._draw = draw

    def body(self, width: int) -> Sequence[Line]:
        return self._draw(width)
