"""A whole race start: 127 pilots' initial points queued and synced, then leased, stored and acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from racecontrol.bench.enqueue import BULK_POINTS
from racecontrol.bench.replaced import enqueue_pipelined, enqueue_singly
from racecontrol.bench.result import (
    CEILING,
    OURS,
    REPLACED,
    REPLACED_PIPE,
    Check,
    Goal,
    Measured,
    percent_of,
)
from racecontrol.bench.rig import QUEUE, Method, Rig
from racecontrol.bench.workload import as_items, make_flights, scaled
from racecontrol.domain.fixes import Fixes
from racecontrol.pipeline.start import start_items
from racecontrol.pipeline.storing import Storer
from racecontrol.pipeline.worker import BATCH_BYTES, BATCH_ITEMS
from racecontrol.queues.limits import LEASE_MS
from racecontrol.store.bare import bare_insert, bare_rows
from racecontrol.store.sqlite import SqliteStore

PILOTS: Final = 127
PILOT_POINTS: Final = 3_391
"""Tracks of PWC Chamousset 2019 T1, and the median of their fixes before the gun."""

BARE: Final = "bare executemany, rows at hand"

_QUEUED: Final = Goal("queued and synced, tracks already read", "s", 0.5, is_most=True)
_PAYLOAD: Final = Goal("payload", "bytes a point", 10.5, 6.6, is_most=True)
_STORED: Final = Goal("of a bare executemany", "%", 70)


async def measure_start(rig: Rig, scale: float) -> list[Measured]:
    """Both halves of a start of `scale` times 127 pilots."""
    flights = make_flights(scaled(PILOTS, scale), PILOT_POINTS)
    return [await queued(rig, flights), await stored(rig, flights)]


async def queued(rig: Rig, flights: Sequence[Fixes]) -> Measured:
    """From columns to the server's answer that all is synced."""
    dicts = as_items(flights, BULK_POINTS)
    passes = iter(range(1, 1_000_000))

    async def start() -> None:
        await rig.queue.enqueue(QUEUE, start_items("R42", next(passes), flights))

    seconds = await rig.measure(
        {
            REPLACED: Method(lambda: enqueue_singly(rig.client, rig.replaced_key, dicts)),
            REPLACED_PIPE: Method(lambda: enqueue_pipelined(rig.client, rig.replaced_key, dicts)),
            OURS: Method(start),
            CEILING: await rig.ceiling(lambda queue: queue.enqueue(QUEUE, start_items("R42", 0, flights))),
        }
    )
    points = sum(map(len, flights))
    payload_bytes = sum(len(item.payload) for item in start_items("R42", 0, flights))
    checks = (Check(_QUEUED, seconds[OURS]), Check(_PAYLOAD, payload_bytes / points))
    notes = ("the replaced method gets dicts, ours columns: each what its own reader gives",)
    return Measured("race start, queued", points, len(flights), seconds, checks, notes)


async def stored(rig: Rig, flights: Sequence[Fixes]) -> Measured:
    """The worker's path, against the database's driver with nothing around it."""
    rows = bare_rows(flights)
    with TemporaryDirectory(prefix="rc-bench-") as folder:
        paths = (Path(folder, f"{number}.db") for number in range(1_000_000))

        async def bare() -> None:
            await asyncio.to_thread(bare_insert, next(paths), rows)

        async def queue_all() -> None:
            await rig.queue.enqueue(QUEUE, start_items("R42", 0, flights))

        async def work() -> None:
            with SqliteStore(next(paths)) as store:
                await _store_all(rig, store)

        seconds = await rig.measure({BARE: Method(bare), OURS: Method(work, queue_all)})
    points = sum(map(len, flights))
    checks = (percent_of(_STORED, seconds, BARE),)
    return Measured("race start, leased, stored and acknowledged", points, len(flights), seconds, checks)


async def _store_all(rig: Rig, store: SqliteStore) -> None:
    """What a worker does, without its heartbeat and its waiting for more."""
    storer = Storer(rig.queue, store, LEASE_MS, asyncio.Event())
    batch = await rig.queue.lease_batch(QUEUE, BATCH_ITEMS, max_bytes=BATCH_BYTES)
    while batch.items:
        done = await storer.put(QUEUE, batch.items)
        batch = await rig.queue.ack_and_lease(QUEUE, done, BATCH_ITEMS, max_bytes=BATCH_BYTES)
