"""What waits in a batcher: items, each with the call that it is answered to, in one line a queue and lane."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from racecontrol.queues.model import NewItem
from racecontrol.queues.verdict import Verdict

Tell: TypeAlias = Callable[[list[Verdict]], None]
"""Is told what became of a call's items, in order. It raises nothing."""


@dataclass(slots=True)
class Ticket:
    """One call, told when its last item has its verdict."""

    verdicts: list[Verdict]
    left: int
    told: Tell


@dataclass(slots=True)
class Waiting:
    """One item of a call. place: in the call. since_s: of the monotonic clock."""

    item: NewItem
    ticket: Ticket
    place: int
    since_s: float

    def tell(self, verdict: Verdict) -> None:
        """Note the verdict; the last one of a call answers it."""
        self.ticket.verdicts[self.place] = verdict
        self.ticket.left -= 1
        if not self.ticket.left:
            self.ticket.told(self.ticket.verdicts)


@dataclass(slots=True)
class Line:
    """What waits for one queue and lane. grew: set when something comes, or the end does."""

    queue: str
    waiting: deque[Waiting] = field(default_factory=deque)
    bytes: int = 0
    grew: asyncio.Event = field(default_factory=asyncio.Event)
