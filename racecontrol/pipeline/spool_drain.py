"""Draining spools: the highest priority first, under the ids and priorities the items came with.

A call for help among them is raised first, whether or not the queue takes its item.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from racecontrol.domain.text import clean_text
from racecontrol.errors import BuffersFull, QueueError, ServerUnavailable
from racecontrol.pipeline.sos_raising import raise_spooled
from racecontrol.queues.queue import PriorityQueue
from racecontrol.queues.spool.file import Spooled
from racecontrol.queues.spool.folder import abandoned
from racecontrol.queues.spool.spool import Spool
from racecontrol.state.sos import SosCalls

_CALL_S: Final = 5.0
"""What the server may take for a call of at most 256 KB, with nobody waiting for it."""

_REASON_CELLS: Final = 200

_log = logging.getLogger(__name__)


async def drain(queue: PriorityQueue, spool: Spool, most_items: int | None = None) -> int:
    """Bring what is spooled into the queue; how many items. It stops when most_items or more are through.

    Raises: ServerUnavailable, and what is not drained stays; BuffersFull where the file cannot be used.
    A repeat adds nothing twice, unless the server has forgotten the ids meanwhile (10 minutes after
    their points were stored); the store has each point once all the same.
    """
    drained = 0
    while (most_items is None or drained < most_items) and (batch := await spool.next()):
        drained += await _send(queue, spool, batch)
    return drained


async def drain_abandoned(queue: PriorityQueue, folder: Path, most_items: int | None = None) -> int:
    """Drain the spools that dead processes left behind, each as `drain` does; how many items.

    Raises: ServerUnavailable; BuffersFull where the folder cannot be read.
    """
    drained = 0
    for lease in abandoned(folder):
        spool = Spool(folder, None, lease=lease)
        try:
            drained += await drain(queue, spool, most_items)
        except BuffersFull as exc:
            # One damaged file does not stand before the others.
            _log.error("spool: not drained: reason=%s", exc)
        finally:
            await spool.close()
    return drained


async def _send(queue: PriorityQueue, spool: Spool, batch: Sequence[Spooled]) -> int:
    """Send one batch, queue by queue, and take out what the server has."""
    by_queue: dict[str, list[Spooled]] = {}
    for one in batch:
        by_queue.setdefault(one.queue, []).append(one)
    sent = 0
    for name, part in by_queue.items():
        # Before its item: the queue may refuse that.
        await raise_spooled(SosCalls(queue.client), [one.item for one in part])
        try:
            await _enqueue(queue, name, part)
        except QueueError:
            part = await _one_by_one(queue, spool, name, part)
        await spool.remove(part)
        sent += len(part)
    return sent


async def _one_by_one(
    queue: PriorityQueue, spool: Spool, name: str, part: Sequence[Spooled]
) -> list[Spooled]:
    """Send items alone, so that one that is refused does not stand before the others; those not refused."""
    taken = []
    for one in part:
        try:
            await _enqueue(queue, name, [one])
        except QueueError as exc:
            await spool.refuse(one, clean_text(exc.what, _REASON_CELLS))
        else:
            taken.append(one)
    return taken


async def _enqueue(queue: PriorityQueue, name: str, part: Sequence[Spooled]) -> None:
    try:
        async with asyncio.timeout(_CALL_S):
            await queue.enqueue(name, [one.item for one in part])
    except TimeoutError:
        raise ServerUnavailable(f"the server did not answer within {_CALL_S:g} s") from None
