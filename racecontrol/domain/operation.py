"""One enqueue call, or one dequeued batch, as the ledger keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Method(StrEnum):
    """How items came into a queue (one call an item, or many in one pipeline), or that they left it."""

    STANDARD = "standard"
    PIPELINE = "pipeline"
    DEQUEUE = "dequeue"

    @property
    def is_enqueue(self) -> bool:
        return self is not Method.DEQUEUE


OK: Final = "ok"
"""The outcome of an operation that did what it was asked to."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One enqueue call, or one batch taken out of a queue: a row of the ledger `queue_operations`.

    created_at_ms: when it began, UTC. duration_ms: of an enqueue, the whole call as its caller saw it;
    of a dequeue, from asking for the batch until it is committed. outcome: "ok", or the error's class
    name. races: ids of the races whose points were in it, sorted; none for points of no race.
    new_count: of a dequeue, points that the store did not have; None where nothing was stored.
    """

    created_at_ms: int
    queue: str
    method: Method
    point_count: int
    item_count: int
    duration_ms: float
    outcome: str = OK
    races: tuple[str, ...] = ()
    new_count: int | None = None
