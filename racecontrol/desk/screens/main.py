"""The main screen: everything a race director looks at, in two layouts and a last resort."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.widgets.line_widget import LineWidget
from racecontrol.desk.widgets.list_panel import ListPanel
from racecontrol.desk.widgets.log_panel import LogPanel
from racecontrol.desk.widgets.map_panel import MapPanel
from racecontrol.desk.widgets.panel import Panel
from racecontrol.desk.widgets.pilots_panel import PilotsPanel
from racecontrol.desk.widgets.pipeline_panel import PipelinePanel
from racecontrol.desk.widgets.queues_panel import QueuesPanel
from racecontrol.domain.task import Task
from racecontrol.telemetry.snapshot import Snapshot


class Layout(StrEnum):
    """How much room there is: all panels, one at a time below the queues, or none."""

    WIDE = "wide"
    TABS = "tabs"
    TINY = "tiny"


def layout_for(width: int, height: int) -> Layout:
    """The layout of a terminal of that size."""
    if width < 60 or height < 20:
        return Layout.TINY
    return Layout.WIDE if width >= 100 and height >= 30 else Layout.TABS


class MainScreen(Screen[None]):
    """Status and alert lines, the panels, and the footer."""

    AUTO_FOCUS = "PilotsPanel"

    def __init__(self, signs: Signs, task: Task | None) -> None:
        super().__init__()
        self._signs = signs
        self.status = LineWidget(signs=signs, id="status")
        self.alerts = LineWidget(signs=signs, id="alerts")
        self.queues = QueuesPanel(signs)
        self.tabs = LineWidget(signs=signs, id="tabs")
        self.pipeline = PipelinePanel(signs)
        self.pilots = PilotsPanel(signs)
        self.map = MapPanel(signs, task)
        self.log_panel = LogPanel(signs)
        self.filter = Input(id="filter", placeholder="bib, name or state", compact=True)
        self.keys = LineWidget(signs=signs, id="keys")
        self.too_small = LineWidget(signs=signs, id="too-small")
        self._tab: Panel = self.pilots

    def compose(self) -> ComposeResult:
        yield self.status
        yield self.alerts
        yield self.queues
        yield self.tabs
        with Horizontal(id="body"):
            with Vertical(id="left"):
                yield self.pipeline
                yield self.pilots
                yield self.filter
            with Vertical(id="right"):
                yield self.map
                yield self.log_panel
        yield self.too_small
        yield self.keys

    @property
    def panels(self) -> tuple[Panel, ...]:
        """The panels by their number."""
        return self.queues, self.pipeline, self.pilots, self.map, self.log_panel

    @property
    def focused_panel(self) -> Panel | None:
        """The panel that has the focus; the pilots' while their filter is typed."""
        if self.focused is self.filter:
            return self.pilots
        return self.focused if isinstance(self.focused, Panel) else None

    @property
    def focused_list(self) -> ListPanel | None:
        """The list that has the focus."""
        return self.focused_panel if isinstance(self.focused_panel, ListPanel) else None

    def on_mount(self) -> None:
        self.filter.display = False
        self.set_class(self._signs.is_ascii, "-ascii")
        self._arrange(self.size.width, self.size.height)

    def on_resize(self, event: events.Resize) -> None:
        panel = self.focused_panel
        if panel is not None and panel is not self.queues:
            self._tab = panel
        self._arrange(event.size.width, event.size.height)

    def show(self, snapshot: Snapshot) -> None:
        """Give every panel the snapshot; one that fails leaves the others alone."""
        for panel in self.panels:
            panel.show(snapshot)

    def go_to(self, name: str) -> None:
        """Focus a panel by name, bringing it up where only one is shown."""
        panel = next(panel for panel in self.panels if name == panel.NAME)
        if panel is not self.queues:
            self._tab = panel
        self._arrange(self.size.width, self.size.height)
        # At once: `focus()` waits for the next turn of the loop, and a quick enter would open another row.
        self.set_focus(panel)

    def open_filter(self) -> None:
        """Let the operator type a filter for the pilots."""
        self.go_to("pilots")
        self.filter.display = True
        self.filter.focus()

    def close_filter(self, *, is_cleared: bool) -> None:
        """Leave the filter's line; a cleared filter shows all pilots."""
        if is_cleared:
            self.filter.value = ""
            self.pilots.filter("")
        if self.filter.display:
            self.filter.display = False
            self.pilots.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.pilots.filter(event.value.strip())

    def on_input_submitted(self) -> None:
        self.close_filter(is_cleared=False)

    def on_pilots_panel_pointed(self, message: PilotsPanel.Pointed) -> None:
        self.map.chosen = message.bib
        self.map.redraw()

    def _arrange(self, width: int, height: int) -> None:
        layout = layout_for(width, height)
        for each in Layout:
            self.set_class(each is layout, f"-{each}")
        is_wide = layout is Layout.WIDE
        for panel in self.panels[1:]:
            panel.display = is_wide or panel is self._tab
        self.query_one("#left").display = is_wide or self._tab in (self.pipeline, self.pilots)
        self.query_one("#right").display = is_wide or self._tab in (self.map, self.log_panel)
        self.tabs.set_lines([self._tab_line()])
        self.too_small.set_lines(_too_small(width, height))
        if layout is not Layout.TINY:
            # A panel that was hidden has lost the focus; the keys of lists want one that has it.
            self.call_after_refresh(self._focus_something)

    def _focus_something(self) -> None:
        if self.focused is None:
            self._tab.focus()

    def _tab_line(self) -> Line:
        spans = [Span(" ")]
        for panel in self.panels[1:]:
            name = f" {panel.NUMBER} {panel.NAME.capitalize()} "
            spans.append(Span(name, Role.CURSOR if panel is self._tab else Role.MUTED, f"panel.{panel.NAME}"))
            spans.append(Span(" "))
        return tuple(spans)


def _too_small(width: int, height: int) -> Sequence[Line]:
    return [
        BLANK,
        (Span(" terminal too small", Role.STRONG),),
        (Span(f" {width}x{height}, needs 60x20"),),
        (Span(" S still starts", Role.MUTED),),
    ]
