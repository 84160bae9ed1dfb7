"""What the desk is doing: read by the status line, and by the keys that ask whether they apply."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.telemetry.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Situation:
    """The desk's own state with the last snapshot, None before the first.

    frozen_ms: the snapshot's time that the panels stand at, None while they move. silent_s: since the
    feed's last answer. refresh_s: between two questions to it. is_colourless: NO_COLOR is set.
    is_starting: this desk's start has no report yet. is_busy: another change of the race is being
    asked or done. panel: the focused panel's name.
    """

    snapshot: Snapshot | None = None
    frozen_ms: int | None = None
    silent_s: float = 0.0
    refresh_s: float = 1.0
    is_read_only: bool = False
    is_colourless: bool = False
    is_starting: bool = False
    is_busy: bool = False
    open_alerts: int = 0
    panel: str = ""

    @property
    def is_stale(self) -> bool:
        """The feed owes an answer for longer than three ticks."""
        return self.snapshot is not None and self.silent_s > max(3.0, 3 * self.refresh_s)

    @property
    def is_competition(self) -> bool:
        """Competition mode is on, as far as is known."""
        return self.snapshot is not None and self.snapshot.mode.is_competition
