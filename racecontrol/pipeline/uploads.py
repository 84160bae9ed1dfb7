"""Whole flights on their way into the queue: the items of an upload, whoever brings it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from racecontrol.domain.fixes import Fixes
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem

_LONGEST_FLIGHT: Final = 120
"""Bytes of a flight's id inside an item's id; the digest, which covers all of it, tells flights apart."""


_BROUGHT: Final = "upload"
"""What the id of an item begins with that no request brought, but the operator's own command."""


def is_brought(item_id: str) -> bool:
    """The item is of a file or another store that an operator brought in, and of no sender."""
    return item_id.startswith(f"{_BROUGHT}:")


def upload_priority(received_ms: int) -> float:
    """The priority of an upload: minus the time of its receipt in UTC ms, so that older ones go first."""
    return -float(received_ms)


def upload_items(fixes: Fixes, priority: float, item_id: str = "") -> list[NewItem]:
    """A flight as items of at most 5,000 points; none for no points.

    item_id: of the request that brought it, unique to the flight; by default ids follow from flight,
    chunk and content, so the same flight sent again is the same items.
    """
    return list(chunk_items(fixes, priority, item_id))


def chunk_items(fixes: Fixes, priority: float, item_id: str = "", first_chunk: int = 0) -> Iterator[NewItem]:
    """`upload_items` one by one, for a flight that comes in pieces. first_chunk: the number of the first."""
    for number, chunk in enumerate(fixes.chunks(ITEM_POINTS), first_chunk):
        payload = encode(chunk)
        yield NewItem(f"{item_id or _base_of(fixes, payload)}:{number}", priority, len(chunk), payload)


def _base_of(fixes: Fixes, payload: bytes) -> str:
    """What an item's id begins with. The payload names the flight as well, so its digest does."""
    flight_id = fixes.flight.flight_id.encode()[:_LONGEST_FLIGHT].decode(errors="ignore")
    return f"{_BROUGHT}:{flight_id}:{hashlib.blake2b(payload, digest_size=16).hexdigest()}"
