"""The race log panel of the main screen."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line, Role, Span, plain
from racecontrol.desk.lines.log import log_lines
from racecontrol.desk.lines.table import under_cursor
from racecontrol.desk.widgets.list_panel import ListPanel
from racecontrol.telemetry.snapshot import Snapshot


class LogPanel(ListPanel):
    """The race log, newest last. It follows the end until the cursor is moved off it."""

    NUMBER = "5"
    NAME = "log"
    HEAD_ROWS = 0

    def heading(self, snapshot: Snapshot | None) -> str:
        return "Race log"

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Sequence[Line]:
        keys = [entry.entry_id for entry in snapshot.log]
        is_following = self.chosen is None or not self._keys or self.chosen == self._keys[-1]
        if is_following and keys:
            self._key = keys[-1]
        self.set_keys(keys, height)
        if not keys:
            return [(Span("nothing yet", Role.MUTED),)]
        zone = snapshot.race.zone if snapshot.race else "UTC"
        lines = log_lines(snapshot.log[self.top : self.top + height], zone, width, self.signs)
        if self.cursor is not None:
            row = self.cursor - self.top
            lines[row] = under_cursor(lines[row], width)
        return lines

    def row_text(self) -> str:
        if self.snapshot is None or self.index >= len(self.snapshot.log):
            return ""
        return plain(log_lines([self.snapshot.log[self.index]], "UTC", 400, self.signs))
