"""The check of a load test finds what is wrong, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from racecontrol.domain.fixes import Fixes
from racecontrol.errors import ConfigError
from racecontrol.loadtest import check
from racecontrol.loadtest.check import check_store
from racecontrol.loadtest.client import Outcome
from racecontrol.loadtest.plan import Shipment, Trackers, Uploads, tracker_shipments, upload_shipments
from racecontrol.loadtest.token_race import race_of_token
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS

RACE = "LOAD-1"


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that stands still is given up at once."""
    monkeypatch.setattr(check, "PATIENCE_S", 0.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with SqliteStore(tmp_path / "rc.db") as opened:
        yield opened


def sent(uploads: int = 2, points: int = 10) -> list[Shipment]:
    return upload_shipments(Uploads(uploads, points, uploads), RACE, "run", GUN_MS)


def accepted(shipments: list[Shipment]) -> list[Outcome]:
    return [Outcome(shipment, 0.001) for shipment in shipments]


def moved(fixes: Fixes) -> Fixes:
    return structs.replace(fixes, lat_e7=fixes.lat_e7 + 1)


async def test_a_store_that_holds_all_is_clean(store: SqliteStore) -> None:
    """Counted in points; another race's flights do not matter."""
    shipments = sent()
    store.write([shipment.fixes for shipment in shipments])
    store.write([upload_shipments(Uploads(1, 5, 1), "LOAD-2", "other", GUN_MS)[0].fixes])

    found = await check_store(store, RACE, accepted(shipments))
    assert (found.is_clean, found.accepted, found.stored) == (True, 20, 20)


async def test_an_accepted_point_that_is_not_stored_is_missing(store: SqliteStore) -> None:
    """Whole flights and single points."""
    first, second = sent()
    store.write([first.fixes.select(slice(0, 7))])

    found = await check_store(store, RACE, accepted([first, second]))
    assert (found.is_clean, found.missing, found.stored) == (False, 13, 7)


async def test_a_refused_body_may_be_stored_or_not(store: SqliteStore) -> None:
    """Its sender was told nothing, so neither is a fault."""
    first, second = sent()
    store.write([first.fixes])

    refused = [Outcome(first, 0.1, "no answer"), Outcome(second, 0.1, "503")]
    assert (await check_store(store, RACE, refused)).is_clean


async def test_another_position_is_told(store: SqliteStore) -> None:
    """And a point that nobody sent."""
    (shipment,) = sent(1)
    late = shipment.fixes.select(slice(0, 1))
    store.write([moved(shipment.fixes), structs.replace(late, time_ms=late.time_ms + 1_000_000)])

    found = await check_store(store, RACE, accepted([shipment]))
    assert (found.differing, found.foreign, found.missing) == (10, 1, 0)


def test_trackers_are_spread_over_their_interval() -> None:
    """Each sends at its rate, none at the same moment as another, every point once."""
    shipments = tracker_shipments(Trackers(4, rate=2, seconds=3, points=5), RACE, "run", GUN_MS)

    assert len(shipments) == 4 * 2 * 3
    assert [one.due_s for one in shipments[:5]] == [0.0, 0.125, 0.25, 0.375, 0.5]
    assert len({(one.fixes.flight.flight_id, int(t)) for one in shipments for t in one.fixes.time_ms}) == 120


def test_a_token_that_is_none_is_refused() -> None:
    """With how to get one."""
    with pytest.raises(ConfigError, match="token issue --race"):
        race_of_token("nonsense")
