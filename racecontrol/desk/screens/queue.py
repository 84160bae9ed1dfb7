"""One queue: ten minutes of it, its lanes, what is served next, and what can be done to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence

from textual.widgets import Button

from racecontrol.control.queue_verbs import QueueLook
from racecontrol.desk.lines.cells import BLANK, Line, Role, Span
from racecontrol.desk.lines.details import queue_detail
from racecontrol.desk.lines.items import head_lines
from racecontrol.desk.lines.signs import Signs
from racecontrol.desk.screens.dialog import Dialog, button
from racecontrol.errors import RaceControlError
from racecontrol.telemetry.snapshot import QueueView


class QueueScreen(Dialog[str]):
    """Answers with "pause" or "dead", None where it was closed. Draws and looks again at every snapshot."""

    def __init__(
        self,
        signs: Signs,
        queue: str,
        view: Callable[[], QueueView | None],
        look: Callable[[], Awaitable[QueueLook]],
        *,
        is_read_only: bool,
    ) -> None:
        super().__init__(signs, queue)
        self._view = view
        self._ask = look
        self._is_read_only = is_read_only
        self._look: QueueLook | None = None
        self._error = ""
        self._is_looking = False

    def body(self, width: int) -> Sequence[Line]:
        view = self._view()
        if view is None:
            return [(Span("waiting for the first answer", Role.MUTED),)]
        head = head_lines(self._look.head if self._look else None, width)
        lines = [*queue_detail(view, width, self.signs), BLANK, *head]
        return [*lines, BLANK, (Span(self._error, Role.BAD),)] if self._error else lines

    def buttons(self) -> Iterable[Button]:
        view = self._view()
        yield button("Close", "close")
        yield button("Dead letters", "dead")
        if not self._is_read_only:
            yield button("Resume" if view and view.stats.is_paused else "Pause", "pause", is_grave=True)

    def refresh_body(self) -> None:
        """Draw again, and look again unless the last look is still under way."""
        super().refresh_body()
        if not self._is_looking:
            self._is_looking = True
            self.run_worker(self._learn(), exit_on_error=False)

    async def _learn(self) -> None:
        try:
            self._look = await self._ask()
            self._error = ""
        except RaceControlError as exc:
            self._error = exc.what
        finally:
            self._is_looking = False
        super().refresh_body()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id in ("pause", "dead"):
            self.dismiss(event.button.id)
