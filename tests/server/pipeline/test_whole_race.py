"""R42 whole: started, replayed, stored by a worker, through the real queue."""

from __future__ import annotations

from pathlib import Path

from racecontrol.pipeline.replay import Replay
from racecontrol.pipeline.start import RaceStart
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.state.races import Races
from racecontrol.state.replay import Replays
from racecontrol.store.sqlite import SqliteStore
from racecontrol.synthetic.outcome import checksum
from tests.fixture_races import expected_of, fixture_race


async def test_store_holds_what_went_in(client: ServerClient, tmp_path: Path) -> None:
    """After start and replay the store equals expected.json, pilot by pilot, to the last bit."""
    race, expected = fixture_race(), expected_of()
    queue, races = PriorityQueue(client), Races(client)
    await RaceStart(race, "MJ", queue, races, is_durable=True).start()
    replayed = await Replay(race, "MJ", queue, races, Replays(client)).play(None)

    with SqliteStore(tmp_path / "racecontrol.db") as store:
        tally = await Worker(queue, store).run(until_empty=True)
        stored = {
            flight.flight.bib: checksum(fixes)
            for flight in store.flights(race.race_id)
            if (fixes := store.track(flight.flight.flight_id)) is not None
        }

    assert replayed.is_complete
    assert (tally.new, tally.conflicts, tally.buried_items) == (expected["points_stored"], 0, 0)
    assert stored == {bib: pilot["sha256"] for bib, pilot in expected["bibs"].items() if pilot["stored"]}


async def test_second_replay_adds_nothing(client: ServerClient, tmp_path: Path) -> None:
    """Points that are stored already are offered again and stay as they are."""
    race, expected = fixture_race(), expected_of()
    queue, races = PriorityQueue(client), Races(client)
    await RaceStart(race, "MJ", queue, races, is_durable=True).start()
    for _ in range(2):
        await Replay(race, "MJ", queue, races, Replays(client)).play(None)

    with SqliteStore(tmp_path / "racecontrol.db") as store:
        tally = await Worker(queue, store).run(until_empty=True)

    assert tally.new == expected["points_stored"]
    assert tally.rows > tally.new
