"""How full a queue was at one moment, as the store keeps it for reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Occasion(StrEnum):
    """Why it was looked at: a minute went by, or competition mode was switched."""

    MINUTE = "minute"
    ON = "competition on"
    OFF = "competition off"


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """One queue. sampled_at_ms: server time. ready, leased, delayed, dead: items.

    is_competition: the mode at that moment, after a switch the new one.
    """

    sampled_at_ms: int
    queue: str
    ready: int
    leased: int
    delayed: int
    dead: int
    points_pending: int
    is_competition: bool
    occasion: Occasion = Occasion.MINUTE
