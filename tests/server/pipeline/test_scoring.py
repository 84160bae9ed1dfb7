"""Scoring again: new versions through the queue, compared with the last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from racecontrol.domain.priority import SCORING_POINTS
from racecontrol.domain.race import Race
from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.errors import RaceControlError
from racecontrol.pipeline.scoring import Reprocess, Rescored
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS, make_fixes, make_flight, make_race

START = Turnpoint("SSS", 45.9, 6.2, 1_000, kind=TurnpointKind.SSS, is_exit=True)
RACE = replace(make_race(), task=Task("T1", (START, Turnpoint("B1", 47, 7, 400))))


class StepClock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self.time_ms = 0

    def now_ms(self) -> int:
        self.time_ms += 1_000
        return self.time_ms

    def monotonic_s(self) -> float:
        return self.now_ms() / 1000


CLOCK = StepClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "racecontrol.db") as opened:
        yield opened


async def reprocess(
    queue: PriorityQueue, store: SqliteStore, only: Sequence[str] = (), race: Race | None = RACE
) -> list[Rescored]:
    worker = Worker(queue, store)
    working = asyncio.create_task(worker.run())
    try:
        return await Reprocess("R42", race, queue, store, CLOCK).run(only)
    finally:
        worker.stop()
        await working


async def test_first_version_tells_what_the_flight_says(queue: PriorityQueue, store: SqliteStore) -> None:
    """Counts, repairs, times, the longest gap and the start, of a flight that leaves the start cylinder."""
    fixes = make_fixes([GUN_MS - 1_000, GUN_MS, GUN_MS + 5_000])
    fixes = structs.replace(fixes, lat_e7=fixes.lat_e7 + np.array([0, 0, 300_000], np.int32))
    store.write([fixes, make_fixes([GUN_MS], lat_e7=1)])
    (scored,) = await reprocess(queue, store)
    said = scored.validation

    assert (scored.version, scored.previous, scored.is_complete) == (1, None, True)
    assert said is not None
    assert (said.points, said.repairs, said.longest_gap_ms) == (3, 1, 5_000)
    assert (said.first_ms, said.last_ms, said.start_ms) == (GUN_MS - 1_000, GUN_MS + 5_000, GUN_MS + 5_000)


async def test_official_start_stands_beside_the_one_found(queue: PriorityQueue, store: SqliteStore) -> None:
    """Of the pilot list; a bib that is not on it has none."""
    store.write([make_fixes([GUN_MS]), make_fixes([GUN_MS], flight=make_flight("7"))])
    race = replace(RACE, pilots=(replace(RACE.pilots[0], started_ms=GUN_MS + 4_000),))

    scored = await reprocess(queue, store, race=race)

    assert {one.bib: one.official_start_ms for one in scored} == {"118": GUN_MS + 4_000, "7": None}


async def test_versions_are_compared_and_kept(queue: PriorityQueue, store: SqliteStore) -> None:
    """Points that came since are told as changes against the version before, which is still there."""
    store.write([make_fixes([GUN_MS])])
    await reprocess(queue, store)
    store.write([make_fixes([GUN_MS + 2_000])])
    (scored,) = await reprocess(queue, store, race=None)
    versions = store.versions("R42")

    assert scored.changes() == {
        "points": (1, 2),
        "last_ms": (GUN_MS, GUN_MS + 2_000),
        "longest_gap_ms": (0, 2_000),
    }
    assert [len(store.scored(version)) for version in versions] == [1, 2]


async def test_nothing_new_is_no_change(queue: PriorityQueue, store: SqliteStore) -> None:
    """Scored twice, a flight has two versions that say the same."""
    store.write([make_fixes()])
    await reprocess(queue, store)
    (scored,) = await reprocess(queue, store)

    assert (scored.version, scored.changes()) == (2, {})


async def test_chosen_flights_only(queue: PriorityQueue, store: SqliteStore) -> None:
    """Flights are chosen by bib or id; one that is not stored is told before anything is queued."""
    store.write([make_fixes(), make_fixes(flight=make_flight("7")), make_fixes(flight=make_flight("8"))])
    scored = await reprocess(queue, store, ["118", "R42/7"])

    assert [one.flight_id for one in scored] == ["R42/118", "R42/7"]
    with pytest.raises(RaceControlError, match="nothing is stored of 999"):
        await reprocess(queue, store, ["7", "999"])
    assert len(store.versions("R42")) == 2


async def test_rows_of_others_are_not_waited_for(queue: PriorityQueue, store: SqliteStore) -> None:
    """Another worker holds some, and a gateway sends more all day."""
    await queue.queue_points(SCORING_POINTS, make_fixes(flight=make_flight("7")))
    (held,) = (await queue.lease_batch(SCORING_POINTS, 1)).items
    store.write([make_fixes()])

    (scored,) = await reprocess(queue, store)

    assert scored.is_complete
    assert await queue.waiting(SCORING_POINTS, [held.item_id]) == [held.item_id]


async def test_long_flights_are_one_version(queue: PriorityQueue, store: SqliteStore) -> None:
    """A flight of several items is one version, equal to the track."""
    fixes = make_fixes(range(GUN_MS, GUN_MS + 12_000_000, 1000))
    store.write([fixes])
    (scored,) = await reprocess(queue, store)
    (version,) = store.versions("R42")

    assert scored.is_complete
    assert fixes == store.scored(version)
