"""One read of a real server."""

from __future__ import annotations

from racecontrol.domain.intake import BreakerState, IntakeStatus
from racecontrol.domain.priority import LIVE_POINTS, QUEUES, RACE_START
from racecontrol.domain.race import RaceState
from racecontrol.queues.baseline import measure_baseline
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.state.intakes import IntakeBeat, Intakes
from racecontrol.state.log import RaceLog
from racecontrol.state.mode import Modes
from racecontrol.state.model import WorkerBeat
from racecontrol.state.races import Races
from racecontrol.state.replay import Replays
from racecontrol.state.workers import Workers
from racecontrol.telemetry.sampler import Sampler


async def test_sample_tells_the_queues(client: ServerClient) -> None:
    """Counters and lanes of all four queues are those of the server."""
    queue = PriorityQueue(client)
    await queue.enqueue(LIVE_POINTS, [NewItem("one", RACE_START, 100, b"payload")])

    sample = await Sampler(client).sample()

    assert tuple(stats.queue for stats in sample.queues) == QUEUES
    live = sample.queues[0]
    assert (live.ready, live.points_in, live.lanes["race"].ready) == (1, 100, 1)


async def test_sample_tells_what_processes_share(client: ServerClient) -> None:
    """Mode, workers, intakes, race and replay come with the same read."""
    await Modes(client).set_mode(True, "MJ")
    beat = WorkerBeat("w", 1, "host", 10, 10, "disk full")
    await Workers(client).beat(beat)
    intake = IntakeBeat("i", IntakeStatus(BreakerState.HALF_OPEN, spool_items=3))
    await Intakes(client).beat(intake)
    await Races(client).begin_start("R42", "MJ", "token")
    await Replays(client).begin("R42", "MJ", "token", 1000, 20.0)

    sample = await Sampler(client, "R42").sample()

    assert (sample.mode.is_competition, sample.mode.operator) == (True, "MJ")
    assert [worker.beat for worker in sample.workers] == [beat]
    assert sample.intakes == (intake,)
    assert sample.race is not None
    assert sample.race.state is RaceState.STARTING
    assert sample.replay is not None
    assert sample.replay.speed == 20.0


async def test_sample_tells_the_pipelines_use_and_its_baseline(client: ServerClient) -> None:
    """Totals are those published, the baseline is the one measured."""
    queue = PriorityQueue(client)
    items = [NewItem(f"item {number}", 1, 100, b"payload") for number in range(10)]
    await queue.enqueue(LIVE_POINTS, items)
    await queue.metrics.publish(client)
    baseline = await measure_baseline(client)

    sample = await Sampler(client).sample()

    assert sample.totals == queue.metrics.totals
    assert sample.baseline == baseline


async def test_sample_without_a_baseline_says_so(client: ServerClient) -> None:
    """What nobody measured is None."""
    assert (await Sampler(client).sample()).baseline is None


async def test_each_log_entry_is_sampled_once(client: ServerClient) -> None:
    """The first sample brings the last entries, each later one only what came since."""
    log, sampler = RaceLog(client), Sampler(client, "R42")
    await log.append("R42", "MJ", "one")
    seen = [[entry.what for entry in (await sampler.sample()).log]]
    await log.append("R42", "MJ", "two")
    seen += [[entry.what for entry in (await sampler.sample()).log] for _ in range(2)]

    assert seen == [["one"], ["two"], []]


async def test_sample_names_the_server(client: ServerClient) -> None:
    """Version and memory are known from the first sample on, also in those that do not ask."""
    sampler = Sampler(client)
    first, second = await sampler.sample(), await sampler.sample()

    assert first.server.version
    assert second.server == first.server
    assert second.server.used_memory_bytes > 0


async def test_sample_survives_forgotten_scripts(client: ServerClient) -> None:
    """A server that lost its scripts answers all the same."""
    sampler = Sampler(client)
    await sampler.sample()
    await client.commands.script_flush()

    assert len((await sampler.sample()).queues) == len(QUEUES)
