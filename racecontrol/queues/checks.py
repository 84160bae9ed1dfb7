"""What the queue can hold, checked before anything is sent: items, priorities, ids and flights' names."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from racecontrol.domain.fixes import Flight
from racecontrol.errors import BadItem
from racecontrol.queues.limits import MAX_CALL_BYTES, MAX_ID_BYTES
from racecontrol.queues.model import NewItem

_LONGEST_NAME: Final = 100
_PIECE_BYTES: Final = 24
"""Room in an id for ":flight:chunk"."""


def check_item(item: NewItem) -> NewItem:
    """The item, where the queue can hold it. Raises: BadItem naming it and what is wrong."""
    if not _takes(item.item_id, MAX_ID_BYTES):
        raise BadItem(f"an item's id takes 1 to {MAX_ID_BYTES} bytes, not {item.item_id[:40]!r}")
    check_priority(item.priority)
    if not 0 <= item.points <= 10**9 or item.points != int(item.points):
        raise BadItem(f"item {item.item_id}: {item.points!r} points")
    if not 0 < len(item.payload) <= MAX_CALL_BYTES:
        raise BadItem(
            f"item {item.item_id}: a payload of {len(item.payload)} bytes",
            advice=f"an item holds 1 to {MAX_CALL_BYTES} bytes; cut it",
        )
    return item


def check_priority(priority: float) -> float:
    """The priority as a float. Raises: BadItem for what has no place in an order, such as NaN."""
    try:
        number = float(priority)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadItem(f"priority {priority!r}", advice="give a finite number; higher is served first")
    return number


@lru_cache(maxsize=4096)
def check_flight(flight: Flight) -> Flight:
    """The flight, where its names can be stored. Raises: BadItem."""
    if not flight.flight_id:
        raise BadItem("points without a flight", advice="give flight_id, or one in each point")
    for name in (flight.flight_id, flight.race_id, flight.bib, flight.source):
        if len(name) > _LONGEST_NAME or "\0" in name or not _takes(name, 4 * _LONGEST_NAME, at_least=0):
            raise BadItem(
                f"a flight named {name!r:.60}", advice=f"use text of at most {_LONGEST_NAME} characters"
            )
    return flight


def _takes(text: str, most: int, *, at_least: int = 1) -> bool:
    """Whether the text takes that many bytes. Lone surrogates, which JSON can bring, take none."""
    try:
        return at_least <= len(text.encode()) <= most
    except UnicodeEncodeError:
        return False


def check_id(item_id: str) -> str:
    """The id, where it leaves room for the numbers of pieces. Raises: BadItem."""
    if not _takes(item_id, MAX_ID_BYTES - _PIECE_BYTES):
        raise BadItem(
            f"item id {item_id[:40]!r}", advice=f"use text of at most {MAX_ID_BYTES - _PIECE_BYTES} bytes"
        )
    return item_id
