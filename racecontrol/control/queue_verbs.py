"""What an operator does to a queue: look at its head and its dead letters, pause, revive, purge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from racecontrol.control.site import Site
from racecontrol.domain.severity import Severity
from racecontrol.queues.model import DeadLetter, WaitingItem

HEAD_ITEMS: Final = 5
"""Items shown of a queue's head: enough to see what is being served and what stands before it."""

DEAD_LETTERS: Final = 200
"""Dead letters shown and acted on at once; more come when these are gone."""


@dataclass(frozen=True, slots=True)
class QueueLook:
    """The next items of a queue in their order, and its dead letters, the longest dead first."""

    head: tuple[WaitingItem, ...] = ()
    dead: tuple[DeadLetter, ...] = ()


class QueueVerbs:
    """What the site's operator can do to its queues. Each method raises ServerUnavailable.

    What changes a queue is told to the race log afterwards: a queue and the log live on two slots of a
    cluster, so no script can write both.
    """

    def __init__(self, site: Site) -> None:
        self._queues = site.queue
        self._log = site.log
        self._who = site.operator

    async def look(self, queue: str) -> QueueLook:
        """Its head and its dead letters. Cost: two round trips."""
        return QueueLook(
            await self._queues.head(queue, HEAD_ITEMS), await self._queues.dead_letters(queue, DEAD_LETTERS)
        )

    async def pause(self, queue: str, is_paused: bool) -> None:
        """Lease nothing more out of it, in any process, or go on."""
        await (self._queues.pause(queue) if is_paused else self._queues.resume(queue))
        await self._tell(f"{queue} {'paused' if is_paused else 'resumed'}")

    async def revive(self, queue: str, members: Sequence[str]) -> int:
        """Put dead letters back in their old place; how many were dead still."""
        count = await self._queues.revive(queue, members)
        if count:
            await self._tell(f"{queue}: {count:,} dead letters revived")
        return count

    async def purge(self, queue: str, members: Sequence[str]) -> int:
        """Remove items for good; how many there were still."""
        count = await self._queues.purge(queue, members)
        if count:
            await self._tell(f"{queue}: {count:,} items purged", Severity.WARNING)
        return count

    async def _tell(self, what: str, severity: Severity = Severity.INFO) -> None:
        await self._log.append("", self._who, what, severity=severity)
