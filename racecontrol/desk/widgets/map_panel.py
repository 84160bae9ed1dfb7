"""The map panel of the main screen."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line
from racecontrol.desk.lines.map import map_lines
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.panel import Panel
from racecontrol.domain.task import Task
from racecontrol.telemetry.snapshot import Snapshot


class MapPanel(Panel):
    """The task and the pilots' last positions. `chosen`: the bib that is pointed out."""

    NUMBER = "4"
    NAME = "map"

    def __init__(self, signs: Signs, task: Task | None) -> None:
        super().__init__(signs)
        self._course = task
        self.chosen = ""

    def heading(self, snapshot: Snapshot | None) -> str:
        return f"Map: {self._course.name}" if self._course and self._course.name else "Map"

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Sequence[Line]:
        return map_lines(snapshot.pilots, self._course, width, height, self.signs, self.chosen)
