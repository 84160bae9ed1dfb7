"""One enqueue call, as the ledger keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How items came into a queue: one call an item, or many in one pipeline."""

    STANDARD = "standard"
    PIPELINE = "pipeline"


@dataclass(frozen=True, slots=True)
class Operation:
    """One enqueue call: a row of the ledger `queue_operations`.

    created_at_ms: UTC. duration_ms: of the whole call as its caller saw it. outcome: "ok", or the
    error's class name.
    """

    created_at_ms: int
    queue: str
    method: Method
    point_count: int
    item_count: int
    duration_ms: float
    outcome: str = "ok"
