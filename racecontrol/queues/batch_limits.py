"""When a batch of small calls goes. Values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """When a batch goes, and what may wait.

    items: that set a batch off; busy_items: where more than busy_pending are pending in the queue, and
    the most a batch takes. wait_s: the longest that an item waits for company; busy_wait_s: in
    competition mode. buffer_items, buffer_bytes: of all lines together.
    """

    items: int = 10
    busy_items: int = 50
    busy_pending: int = 1_000
    bytes: int = 256 * 1024
    wait_s: float = 0.1
    busy_wait_s: float = 0.02
    buffer_items: int = 10_000
    buffer_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Demand:
    """What the batcher asks of its surroundings: items pending in a queue, and whether a race is on."""

    pending_items: Callable[[str], int]
    is_competition: Callable[[], bool]
