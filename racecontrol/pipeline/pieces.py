"""Stored flights in pieces that memory has room for, however long they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from racecontrol.domain.fixes import Fixes
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.store.base import Store

PIECE_POINTS: Final = 4 * ITEM_POINTS
"""Points of a flight in memory at once; whole items of the queue."""


def pieces_of(store: Store, flight_id: str) -> Iterator[Fixes]:
    """A flight's points by time, PIECE_POINTS at once."""
    since_ms: int | None = None
    while True:
        piece = store.track(flight_id, since_ms=since_ms, most_points=PIECE_POINTS)
        if piece is None or not len(piece):
            return
        yield piece
        since_ms = int(piece.time_ms[-1]) + 1
