"""The pilots panel of the main screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.pilots import PilotOrder, chosen_pilots, pilot_lines, pilot_text
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.list_panel import ListPanel
from racecontrol.telemetry.snapshot import PilotView, Snapshot


class PilotsPanel(ListPanel):
    """The pilots, filtered and sorted; only the rows in sight are drawn."""

    NUMBER = "3"
    NAME = "pilots"

    class Pointed(Message):
        """The cursor went to a pilot, whom the map points out."""

        def __init__(self, bib: str) -> None:
            self.bib = bib
            super().__init__()

    def __init__(self, signs: Signs) -> None:
        super().__init__(signs)
        self._order = PilotOrder.STATE
        self._wanted = ""
        self._rows: list[PilotView] = []
        self._pointed = ""

    @property
    def wanted(self) -> str:
        """The filter, "" for none."""
        return self._wanted

    def heading(self, snapshot: Snapshot | None) -> str:
        total = len(snapshot.pilots) if snapshot else 0
        shown = f"{len(self._rows)} of {total}" if self._wanted else f"{total}"
        said = f"Pilots ({shown}) by {self._order} {self.signs.falling}"
        return f"{said}  /{self._wanted}" if self._wanted else said

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Sequence[Line]:
        self._rows = chosen_pilots(snapshot.pilots, self._order, self._wanted)
        self._set_heading(self.heading(snapshot))
        room = max(1, height - self.HEAD_ROWS)
        self.set_keys([pilot.bib for pilot in self._rows], room)
        self._point()
        if not self._rows:
            said = "no pilot matches the filter: esc clears it" if self._wanted else "no pilots in this race"
            return [*pilot_lines((), width, self.signs), (Span(said, Role.MUTED),)]
        seen = self._rows[self.top : self.top + room]
        cursor = None if self.cursor is None else self.cursor - self.top
        return pilot_lines(seen, width, self.signs, cursor)

    def _point(self) -> None:
        bib = self.chosen or ""
        if bib != self._pointed:
            self._pointed = bib
            self.post_message(self.Pointed(bib))

    def sort_next(self) -> PilotOrder:
        """Sort by what comes next, and tell by what."""
        self._order = self._order.following
        self.redraw()
        return self._order

    def filter(self, wanted: str) -> None:
        """Show only the pilots that match; "" for all."""
        self._wanted = wanted
        self.top = 0
        self.redraw()

    @property
    def pilot(self) -> PilotView | None:
        """The pilot under the cursor."""
        return self._rows[self.index] if self.index < len(self._rows) else None

    def row_text(self) -> str:
        return "" if self.pilot is None else pilot_text(self.pilot)
