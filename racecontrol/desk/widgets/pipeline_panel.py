"""The pipeline usage panel of the main screen."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line
from racecontrol.desk.lines.pipeline import pipeline_lines
from racecontrol.desk.widgets.panel import Panel
from racecontrol.telemetry.snapshot import Snapshot


class PipelinePanel(Panel):
    """How much was pipelined, and what it saved."""

    NUMBER = "2"
    NAME = "pipeline"

    def heading(self, snapshot: Snapshot | None) -> str:
        return "Pipeline usage"

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Sequence[Line]:
        return pipeline_lines(snapshot.pipeline, snapshot.workers, snapshot.intakes, width, self.signs)
