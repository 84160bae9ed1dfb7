"""`Desk`: the textual application that looks at a feed and calls verbs. It holds no rule of the race."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from racecontrol.control.ports import Feed, Verbs
from racecontrol.desk.keymap import KEYS, remapped
from racecontrol.desk.lines.alerts import alert_line
from racecontrol.desk.lines.cells import Line, Role, Span, cut
from racecontrol.desk.lines.footer import footer_line
from racecontrol.desk.lines.start import error_lines
from racecontrol.desk.lines.status import status_line
from racecontrol.desk.options import DeskOptions
from racecontrol.desk.screens.dialog import Dialog
from racecontrol.desk.screens.main import MainScreen
from racecontrol.desk.situation import Situation
from racecontrol.desk.start_run import StartRun
from racecontrol.desk.themed_app import ThemedApp
from racecontrol.desk.widgets.line_widget import LineWidget
from racecontrol.desk.widgets.list_panel import ListPanel
from racecontrol.domain.clock import Clock, iso_utc
from racecontrol.errors import RaceControlError
from racecontrol.telemetry.alerts import SOS_KEY
from racecontrol.telemetry.snapshot import Alert, Snapshot

logger = logging.getLogger(__name__)

TOAST_CELLS = 300
"""What a toast says at most; a longer message would cover the screen."""


class Sampled(Message):
    """The feed answered. Only the newest waits to be drawn."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        super().__init__()

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Sampled)


class Desk(ThemedApp[None]):
    """One race on one screen.

    feed, verbs: what it sees and what it may do. actions: what each key of the keymap does, by id. A tick
    only asks for a sample; a worker waits for the answer, so neither a slow server nor a slow verb holds
    up a key.
    """

    TITLE = "racecontrol"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key.keys, f"press('{key.id}')", key.summary, show=False, id=key.id) for key in KEYS
    ]

    def __init__(
        self,
        feed: Feed,
        verbs: Verbs,
        clock: Clock,
        options: DeskOptions,
        actions: Mapping[str, Callable[[Desk], None]],
    ) -> None:
        super().__init__(options.theme)
        self.feed = feed
        self.verbs = verbs
        self.clock = clock
        self.options = options
        self.actions = actions
        self.signs = options.signs
        self.table = remapped(options.keys)
        self.start_run: StartRun | None = None
        self.main = MainScreen(self.signs, options.task)
        self._latest: Snapshot | None = None
        self._frozen: Snapshot | None = None
        self._acknowledged: frozenset[str] = frozenset()
        self._flows: dict[str, bool] = {}
        self._due = asyncio.Event()
        self._answered_s = clock.monotonic_s()
        self._refresh_s = options.refresh_s
        self._timer: Timer | None = None
        self.set_keymap(dict(options.keys))

    def get_default_screen(self) -> Screen[None]:
        return self.main

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, lambda _: self._redraw())
        self.run_worker(self._watch(), group="feed", exit_on_error=False)
        self._tick_every(self._refresh_s)
        self._ask()

    # What is seen

    @property
    def shown(self) -> Snapshot | None:
        """The snapshot of the panels: the frozen one, else the latest."""
        return self._frozen or self._latest

    @property
    def refresh_s(self) -> float:
        """Seconds between two questions to the feed."""
        return self._refresh_s

    @refresh_s.setter
    def refresh_s(self, seconds: float) -> None:
        self._refresh_s = seconds
        self._tick_every(seconds)
        self._draw_lines()

    @property
    def situation(self) -> Situation:
        """What keys and the status line ask about."""
        panel = self.main.focused_panel if self.main.is_attached else None
        return Situation(
            snapshot=self._latest,
            frozen_ms=self._frozen.time_ms if self._frozen else None,
            silent_s=self.clock.monotonic_s() - self._answered_s,
            refresh_s=self._refresh_s,
            is_read_only=self.options.is_read_only,
            is_colourless=self.no_color,
            is_starting=self.start_run is not None and self.start_run.is_running,
            is_busy=any(self._flows.values()),
            open_alerts=len(self._open_alerts()),
            panel=panel.NAME if panel else "",
        )

    def _open_alerts(self) -> list[Alert]:
        alerts = self._latest.alerts if self._latest else ()
        return [alert for alert in alerts if alert.key not in self._acknowledged]

    # The feed

    def _tick_every(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(seconds, self._ask)

    def _ask(self) -> None:
        self._due.set()
        if self.situation.is_stale or self._latest is None:
            self._draw_lines()

    async def _watch(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                snapshot = await self.feed.tick()
            except Exception:
                # A feed that breaks its word must not end the desk: the status line turns stale.
                logger.exception("feed failed race=%s", self.options.race_id)
            else:
                self.post_message(Sampled(snapshot))

    def on_sampled(self, message: Sampled) -> None:
        self._latest = message.snapshot
        self._answered_s = self.clock.monotonic_s()
        self._acknowledged &= {alert.key for alert in message.snapshot.alerts}
        self._draw_lines()
        if self._frozen is None:
            self.main.show(message.snapshot)
        if isinstance(self.screen, Dialog):
            self.screen.refresh_body()

    # Drawing

    def _redraw(self) -> None:
        self._draw_lines()
        for widget in self.main.query(LineWidget):
            widget.refresh()

    def _draw_lines(self) -> None:
        """Draw the status line, the alert line and the footer. They come before every panel."""
        if not self.main.is_attached:
            return
        situation = self.situation
        width = self.main.size.width - 2
        now_ms = self._latest.time_ms if self._latest else 0
        alerts = self._open_alerts()
        self._draw(self.main.status, lambda: status_line(situation, width, self.signs, self.options.race_id))
        self._draw(
            self.main.alerts, lambda: alert_line(alerts, len(self._acknowledged), now_ms, width, self.signs)
        )
        shown = [key for key in self.table if key.rank and not key.refusal(situation)]
        shown.sort(key=lambda key: key.rank)
        self._draw(self.main.keys, lambda: footer_line(shown, width))

    def _draw(self, widget: LineWidget, line: Callable[[], Line]) -> None:
        try:
            drawn = line()
        except Exception as exc:
            logger.exception("line failed line=%s", widget.id)
            drawn = (Span(f"{self.options.race_id}  {type(exc).__name__}: {exc}", Role.BAD),)
        widget.set_lines([drawn])

    def on_resize(self) -> None:
        # The main screen learns its new size after the app does.
        self.call_after_refresh(self._draw_lines)

    def on_descendant_focus(self) -> None:
        self._draw_lines()

    # Keys

    def action_press(self, key_id: str) -> None:
        """Do what the key does, or say why it does not apply now."""
        key = next(key for key in self.table if key.id == key_id)
        if refusal := key.refusal(self.situation):
            self.tell(refusal, is_warning=True)
        else:
            self.actions[key_id](self)
            self._draw_lines()

    async def action_quit(self) -> None:
        self.action_press("desk.quit")

    def action_help_quit(self) -> None:
        self.tell("q closes the desk")

    def on_line_widget_key_clicked(self, message: LineWidget.KeyClicked) -> None:
        self.action_press(message.key)

    def on_list_panel_opened(self, _: ListPanel.Opened) -> None:
        self.action_press("view.open")

    def toggle_freeze(self) -> None:
        """Hold the panels at what they show, or let them catch up. Status and alerts never stand still."""
        self._frozen = None if self._frozen else self._latest
        if self.shown is not None:
            self.main.show(self.shown)

    def acknowledge(self) -> None:
        """Take the open alerts off the alert line until their causes come back; calls for help stay."""
        self._acknowledged |= {
            alert.key for alert in self._open_alerts() if not alert.key.startswith(SOS_KEY)
        }

    def save_picture(self) -> None:
        """Save the screen as an SVG picture named by race and time."""
        stamp = iso_utc(self.clock.now_ms() // 1000 * 1000).replace("-", "").replace(":", "")
        try:
            self.options.screenshots.mkdir(parents=True, exist_ok=True)
            path = self.save_screenshot(f"{self.options.race_id}-{stamp}.svg", str(self.options.screenshots))
        except OSError as exc:
            self.tell(f"No picture: {exc}", is_warning=True)
        else:
            self.tell(f"Picture saved: {path}")

    # Flows

    def run_flow(
        self, name: str, flow: Callable[[Desk], Coroutine[Any, Any, None]], *, is_blocking: bool = True
    ) -> None:
        """Run a flow beside the screen, once at a time; what it raises is told in words.

        is_blocking: no other change of the race is begun meanwhile.
        """
        if name not in self._flows:
            self._flows[name] = is_blocking
            self.run_worker(self._flow(name, flow), group=name, exit_on_error=False)

    async def _flow(self, name: str, flow: Callable[[Desk], Coroutine[Any, Any, None]]) -> None:
        try:
            await flow(self)
        except RaceControlError as exc:
            self.tell(str(exc), is_warning=True)
        except Exception as exc:
            logger.exception("flow failed flow=%s", name)
            self.tell("".join(span.text for line in error_lines(exc, 200) for span in line), is_warning=True)
        finally:
            self._flows.pop(name, None)
            self._draw_lines()

    def start_changed(self) -> None:
        """Draw a start's progress or end wherever it is shown."""
        for screen in self.screen_stack:
            if isinstance(screen, Dialog):
                screen.refresh_body()
        self._draw_lines()

    def tell(self, text: str, *, is_warning: bool = False) -> None:
        """Show a toast. No text is read as markup."""
        self.notify(cut(text, TOAST_CELLS), severity="warning" if is_warning else "information", markup=False)
