"""What one process's intake is at: the state of its breaker, what waits in its spool and its batches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BreakerState(StrEnum):
    """Whether calls go to the server (CLOSED), to the spool (OPEN), or one is being tried (HALF_OPEN)."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True, slots=True)
class IntakeStatus:
    """One process's intake. since_ms: when the breaker came into its state, UTC.

    spool_*: accepted, synced to this process's disk and not yet in the server; oldest_age_s of it, None
    where it is empty. pending_*: in batches not yet acknowledged; nobody was told that they are accepted.
    reason: why the breaker is not closed, else "".
    """

    breaker: BreakerState = BreakerState.CLOSED
    since_ms: int = 0
    spool_items: int = 0
    spool_points: int = 0
    spool_bytes: int = 0
    oldest_age_s: float | None = None
    pending_items: int = 0
    pending_points: int = 0
    reason: str = ""
