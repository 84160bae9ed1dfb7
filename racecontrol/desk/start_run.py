"""A start that this desk asked for, from the confirmation to its end."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.pipeline.report import StartProgress, StartReport


@dataclass(slots=True)
class StartRun:
    """How far it is, and how it ended: with a report, or with an error.

    seen_pass: the race's pass when the operator was asked, None where it was not known.
    """

    seen_pass: int | None = None
    progress: StartProgress | None = None
    report: StartReport | None = None
    error: BaseException | None = None

    @property
    def is_running(self) -> bool:
        """It has neither report nor error yet."""
        return self.report is None and self.error is None
