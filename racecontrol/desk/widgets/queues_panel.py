"""The queues panel of the main screen."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.lines.cells import Line, plain
from racecontrol.desk.lines.queues import queue_lines
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.list_panel import ListPanel
from racecontrol.telemetry.snapshot import QueueView, Snapshot

FRAME_ROWS = 2


class QueuesPanel(ListPanel):
    """A row a queue. As high as its rows, which a fold of lanes changes and a tick does not."""

    NUMBER = "1"
    NAME = "queues"

    def __init__(self, signs: Signs) -> None:
        super().__init__(signs)
        self._unfolded: set[str] = set()

    def heading(self, snapshot: Snapshot | None) -> str:
        return f"Queues {self.signs.dot} in and dequeue in points/s"

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Sequence[Line]:
        self.set_keys([queue.queue for queue in snapshot.queues], len(snapshot.queues))
        lines = queue_lines(snapshot.queues, width, self.signs, self._unfolded, self.cursor)
        if self.styles.height is None or self.styles.height.value != len(lines) + FRAME_ROWS:
            self.styles.height = len(lines) + FRAME_ROWS
        return lines

    def toggle_lanes(self) -> None:
        """Unfold the lanes of the queue under the cursor, or fold them; without a cursor, the first's."""
        if self.snapshot is None or not self.snapshot.queues:
            return
        name = self.chosen or self.snapshot.queues[0].queue
        self._unfolded ^= {name}
        self.redraw()

    def row_at(self, y: int) -> int | None:
        row = self.HEAD_ROWS
        for index, queue in enumerate(self.snapshot.queues if self.snapshot else ()):
            rows = 1 + (len(queue.lanes) if queue.queue in self._unfolded else 0)
            if row <= y < row + rows:
                return index
            row += rows
        return None

    @property
    def queue(self) -> QueueView | None:
        """The queue under the cursor."""
        queues = self.snapshot.queues if self.snapshot else ()
        return queues[self.index] if self.index < len(queues) else None

    def row_text(self) -> str:
        if self.queue is None:
            return ""
        return plain(queue_lines([self.queue], 160, self.signs)[1:])
