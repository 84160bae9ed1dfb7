"""The start under way, then its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.widgets import Button

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.lines.start import error_lines, progress_lines, report_lines
from racecontrol.desk.screens.dialog import Dialog, button
from racecontrol.desk.start_run import StartRun


class StartScreen(Dialog[None]):
    """Shows a StartRun. Closing it stops nothing: the key of the start opens it again."""

    def __init__(self, signs: Signs, run: StartRun, race_id: str) -> None:
        super().__init__(signs, f"Start of {race_id}")
        self.run_shown = run
        self._race_id = race_id

    def body(self, width: int) -> Sequence[Line]:
        run = self.run_shown
        if run.report is not None:
            head: Line = (Span(f"{self.signs.ok} {self._race_id} is started", Role.GOOD),)
            return [head, BLANK, *report_lines(run.report, width, self.signs)]
        if run.error is not None:
            head = (Span(f"{self.signs.link_down} The start was not done", Role.BAD),)
            return [head, BLANK, *error_lines(run.error, width)]
        note: Line = (Span("Closing this window does not stop the start.", Role.MUTED),)
        return [*progress_lines(run.progress, width, self.signs), BLANK, note]

    def buttons(self) -> Iterable[Button]:
        yield button("Close", "close")
