"""Comparing a flight as it was in the source with what the store holds of it, piece by piece.

A checksum is BLAKE2b over a flight's points by time, seven little-endian int64 a point: the columns
of `Fixes` in their order, MISSING where a point lacks a value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from racecontrol.domain.fixes import COLUMNS, MISSING, Fixes
from racecontrol.pipeline.migrate_staged import Staged
from racecontrol.pipeline.pieces import PIECE_POINTS
from racecontrol.store.base import Store

_DIGEST_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class FlightCheck:
    """A flight in the source and in the store. stored_*: of the points with the source's times.

    extra_points: which the store has besides. "" and 0 where the store was not looked at.
    """

    flight_id: str
    points: int
    checksum: str
    stored_points: int = 0
    stored_checksum: str = ""
    extra_points: int = 0

    @property
    def is_equal(self) -> bool:
        return self.points == self.stored_points and self.checksum == self.stored_checksum


def staged_checksum(staged: Staged, flight_id: str) -> FlightCheck:
    """Count and checksum of a flight in the source alone."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    points = 0
    for piece in staged.pieces(flight_id):
        digest.update(_rows(piece))
        points += len(piece)
    return FlightCheck(flight_id, points, digest.hexdigest())


def check_flight_in(staged: Staged, store: Store, flight_id: str) -> FlightCheck:
    """Count and checksum of a flight in the source, and of the same times in the store."""
    wanted, found = (hashlib.blake2b(digest_size=_DIGEST_BYTES) for _ in range(2))
    points = stored = extra = 0
    for piece in staged.pieces(flight_id):
        wanted.update(_rows(piece))
        points += len(piece)
        for fixes in _between(store, flight_id, int(piece.time_ms[0]), int(piece.time_ms[-1])):
            same = _at_times_of(piece, fixes)
            found.update(_rows(same))
            stored += len(same)
            extra += len(fixes) - len(same)
    return FlightCheck(flight_id, points, wanted.hexdigest(), stored, found.hexdigest(), extra)


def _at_times_of(piece: Fixes, fixes: Fixes) -> Fixes:
    """Those of the fixes whose times the piece has."""
    if np.array_equal(piece.time_ms, fixes.time_ms):
        return fixes
    return fixes.select(np.isin(fixes.time_ms, piece.time_ms))


def _between(store: Store, flight_id: str, first_ms: int, last_ms: int) -> Iterator[Fixes]:
    since_ms = first_ms
    while since_ms <= last_ms:
        piece = store.track(flight_id, since_ms=since_ms, most_points=PIECE_POINTS)
        if piece is None or not len(piece):
            return
        yield piece.before(last_ms + 1)
        since_ms = int(piece.time_ms[-1]) + 1


def _rows(fixes: Fixes) -> bytes:
    columns = [getattr(fixes, name) for name in COLUMNS]
    filled = [np.full(len(fixes), MISSING) if column is None else column for column in columns]
    return np.column_stack(filled).astype("<i8").tobytes()
