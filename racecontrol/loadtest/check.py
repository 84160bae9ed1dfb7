"""The check a load test ends with: every accepted point is stored, once, at its position, and no other."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes
from racecontrol.loadtest.client import Outcome
from racecontrol.store.base import Store

PATIENCE_S: Final = 15.0
"""How long the store may stand still while points are missing."""

_POLL_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """accepted: points answered 202. stored: of all that was sent. seconds: until the store had them.

    missing: accepted and not stored. differing: stored with another position or height. foreign:
    stored under our flights, and never sent. conflicts: sent positions that the store held against ours.
    """

    accepted: int
    stored: int
    missing: int
    differing: int
    foreign: int
    conflicts: int
    seconds: float

    @property
    def is_clean(self) -> bool:
        return not (self.missing or self.differing or self.foreign or self.conflicts)


async def check_store(
    store: Store, race_id: str, outcomes: Sequence[Outcome], clock: Clock = SYSTEM_CLOCK
) -> StoreCheck:
    """Wait until the store holds what was accepted, or stands still, and compare. Raises: StoreError."""
    accepted = by_flight(one.shipment.fixes for one in outcomes if one.is_accepted)
    sent = by_flight(one.shipment.fixes for one in outcomes)
    began_s = clock.monotonic_s()
    await _wait(store, race_id, sum(map(_points, accepted.values())), frozenset(sent), clock)
    waited_s = clock.monotonic_s() - began_s
    return await asyncio.to_thread(_compared, store, race_id, accepted, sent, waited_s)


def by_flight(pieces: Iterable[Fixes]) -> dict[str, list[Fixes]]:
    """The pieces of each flight."""
    flights: dict[str, list[Fixes]] = defaultdict(list)
    for fixes in pieces:
        flights[fixes.flight.flight_id].append(fixes)
    return flights


async def _wait(store: Store, race_id: str, points: int, ours: frozenset[str], clock: Clock) -> None:
    stored, since_s = -1, clock.monotonic_s()
    while True:
        summaries = await asyncio.to_thread(store.flights, race_id)
        now = sum(one.points for one in summaries if one.flight.flight_id in ours)
        if now >= points:
            return
        if now > stored:
            stored, since_s = now, clock.monotonic_s()
        if clock.monotonic_s() - since_s > PATIENCE_S:
            return
        await asyncio.sleep(_POLL_S)


def _compared(
    store: Store,
    race_id: str,
    accepted: Mapping[str, Sequence[Fixes]],
    sent: Mapping[str, Sequence[Fixes]],
    seconds: float,
) -> StoreCheck:
    conflicts = {one.flight.flight_id: one.conflicts for one in store.flights(race_id)}
    stored = missing = differing = foreign = 0
    for flight_id, pieces in sent.items():
        track = store.track(flight_id)
        rows = _rows([track]) if track is not None else {}
        offered, promised = _rows(pieces), _rows(accepted.get(flight_id, ()))
        stored += len(rows)
        missing += len(promised.keys() - rows.keys())
        foreign += len(rows.keys() - offered.keys())
        differing += sum(rows[time_ms] != row for time_ms, row in offered.items() if time_ms in rows)
    return StoreCheck(
        sum(map(_points, accepted.values())),
        stored,
        missing,
        differing,
        foreign,
        sum(conflicts.get(flight_id, 0) for flight_id in sent),
        seconds,
    )


def _rows(pieces: Sequence[Fixes]) -> dict[int, tuple[int | None, ...]]:
    """Position and heights by time."""
    rows: dict[int, tuple[int | None, ...]] = {}
    for fixes in pieces:
        none = [None] * len(fixes)
        columns = (fixes.lat_e7, fixes.lon_e7, fixes.gnss_alt_m, fixes.pressure_alt_m)
        values = [none if column is None else np.asarray(column).tolist() for column in columns]
        rows.update(zip(fixes.time_ms.tolist(), zip(*values, strict=True), strict=True))
    return rows


def _points(pieces: Sequence[Fixes]) -> int:
    return sum(map(len, pieces))
