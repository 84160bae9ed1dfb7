"""The trackers that nobody owns: choose one, type a bib."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Button, Input

from racecontrol.desk.lines.cells import Line
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.trackers import tracker_lines
from racecontrol.desk.screens.dialog import Dialog, button
from racecontrol.telemetry.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Assignment:
    """A tracker and the bib it is to be given to."""

    serial: str
    bib: str


class TrackersScreen(Dialog[Assignment | None]):
    """Up and down choose the tracker; the name of the pilot typed stands above the line."""

    def __init__(self, signs: Signs, snapshot: Snapshot | None, *, is_read_only: bool) -> None:
        super().__init__(signs, "Trackers that nobody owns")
        self._trackers = snapshot.trackers if snapshot else ()
        self._names = {pilot.bib: pilot.name for pilot in (snapshot.pilots if snapshot else ())}
        self._now_ms = snapshot.time_ms if snapshot else 0
        self._can_assign = bool(self._trackers) and not is_read_only
        self._cursor = 0
        self._bib = ""

    def body(self, width: int) -> Sequence[Line]:
        pilot = self._names.get(self._bib)
        return tracker_lines(self._trackers, self._cursor, self._bib, pilot, self._now_ms, width)

    def inputs(self) -> Iterable[Widget]:
        if self._can_assign:
            yield Input(id="bib", placeholder="bib", compact=True, select_on_focus=False)

    def buttons(self) -> Iterable[Button]:
        yield button("Close", "close")
        if self._can_assign:
            assign = button("Assign", "assign", is_grave=True)
            assign.disabled = True
            yield assign

    def action_scroll_body(self, rows: int) -> None:
        """Move the cursor by so many trackers, and the view with it."""
        before = self._cursor
        self._cursor = max(0, min(self._cursor + rows, len(self._trackers) - 1))
        self.refresh_body()
        super().action_scroll_body(self._cursor - before)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._bib = event.value.strip()
        self.query_one("#assign", Button).disabled = self._bib not in self._names
        self.refresh_body()

    def on_input_submitted(self) -> None:
        self._assign()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "assign":
            self._assign()

    def _assign(self) -> None:
        if self._bib in self._names:
            self.dismiss(Assignment(self._trackers[self._cursor].serial, self._bib))
