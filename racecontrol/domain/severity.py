"""How much something wants to be seen: log entries and alerts."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much an entry or an alert wants to be seen."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"
