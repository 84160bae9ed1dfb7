"""The mode, the race log, heartbeats and replays, as all processes see them."""

from __future__ import annotations

import pytest

from racecontrol.domain.severity import Severity
from racecontrol.errors import RaceStateError
from racecontrol.server import keys
from racecontrol.server.client import ServerClient
from racecontrol.server.scripts import run_batch
from racecontrol.state.log import RaceLog, tail_of, tail_read
from racecontrol.state.mode import MODE_READ, Modes, mode_of
from racecontrol.state.model import Mode, WorkerBeat
from racecontrol.state.races import Races, status_of, status_read
from racecontrol.state.replay import Replays, replay_of, replay_read
from racecontrol.state.workers import Workers, alive_read, workers_of

BEAT = WorkerBeat("host-1", 4711, "host", 1_000, 2_000)


async def test_the_mode_is_off_until_set(client: ServerClient) -> None:
    """A fresh site is not in competition mode."""
    assert await Modes(client).mode() == Mode()


async def test_a_change_of_mode_is_logged_once(client: ServerClient) -> None:
    """Turning the mode on twice changes it once and leaves one entry."""
    modes = Modes(client)
    changed = [await modes.set_mode(True, operator) for operator in ("MJ", "second")]
    mode = await modes.mode()

    assert changed == [True, False]
    assert (mode.is_competition, mode.operator) == (True, "MJ")
    assert [entry.what for entry in await RaceLog(client).tail(9)] == ["competition on"]


async def test_the_mode_is_turned_off_by_name(client: ServerClient) -> None:
    """Turning the mode off is told with who did it."""
    modes = Modes(client)
    await modes.set_mode(True, "MJ")
    await modes.set_mode(False, "second")

    assert not (await modes.mode()).is_competition
    assert (await RaceLog(client).tail(1))[0].operator == "second"


async def test_the_log_reads_on_after_an_entry(client: ServerClient) -> None:
    """`read` gives what came after the entry one has, oldest first."""
    log = RaceLog(client)
    ids = [await log.append("R42", "MJ", f"note {number}") for number in range(4)]

    assert [entry.what for entry in await log.read(ids[1], n=1)] == ["note 2"]
    assert [entry.entry_id for entry in await log.read()] == ids


async def test_an_entry_keeps_all_it_was_given(client: ServerClient) -> None:
    """Race, operator, what, why and severity come back as they went in, with the server's time."""
    log = RaceLog(client)
    entry_id = await log.append("R42", "Žaneta", "note", "wind 40 km/h", Severity.CRITICAL)
    (entry,) = await log.tail(1)

    assert (entry.race_id, entry.operator, entry.what) == ("R42", "Žaneta", "note")
    assert (entry.why, entry.severity) == ("wind 40 km/h", Severity.CRITICAL)
    assert entry.time_ms == int(entry_id.partition("-")[0])


async def test_a_worker_that_beats_is_alive(client: ServerClient) -> None:
    """What a heartbeat tells is seen by every process."""
    workers = Workers(client)
    await workers.beat(BEAT)

    assert [worker.beat for worker in await workers.alive()] == [BEAT]


async def test_a_silent_worker_is_not_alive(client: ServerClient) -> None:
    """A worker is away when its last beat is older than asked for, by the server's clock."""
    workers = Workers(client)
    await workers.beat(BEAT)
    await client.commands.zincrby(keys.WORKERS, -4_000, BEAT.worker_id)

    assert await workers.alive(within_ms=3_000) == []
    assert len(await workers.alive(within_ms=60_000)) == 1


async def test_a_long_silent_worker_is_forgotten(client: ServerClient) -> None:
    """A dead worker leaves nothing behind once another has beaten a minute later."""
    workers = Workers(client)
    await workers.beat(BEAT)
    await client.commands.zincrby(keys.WORKERS, -61_000, BEAT.worker_id)
    await workers.beat(WorkerBeat("host-2", 1, "host", 0, 0))

    assert await client.commands.hkeys(keys.WORKER_TOTALS) == [b"host-2"]


async def test_a_worker_that_leaves_is_off_the_list(client: ServerClient) -> None:
    """A worker that ends in order is not counted for three more seconds."""
    workers = Workers(client)
    await workers.beat(BEAT)
    await workers.leave(BEAT.worker_id)

    assert await workers.alive() == []


async def test_a_replay_shows_how_far_it_is(client: ServerClient) -> None:
    """Position, speed and operator of a replay are seen by every process."""
    replays = Replays(client)
    await replays.begin("R42", "MJ", "a", 1_000, 20.0)
    await replays.beat("R42", "a", 5_000)
    status = await replays.status("R42")

    assert status is not None
    assert (status.position_ms, status.speed, status.operator, status.is_playing) == (5_000, 20.0, "MJ", True)


async def test_a_race_has_one_player(client: ServerClient) -> None:
    """A second replay of a race is refused with the first one's operator, until that one is silent."""
    replays = Replays(client)
    await replays.begin("R42", "MJ", "a", 1_000, None)
    with pytest.raises(RaceStateError, match="replayed by MJ"):
        await replays.begin("R42", "second", "b", 1_000, None)
    await client.commands.hset(keys.replay("R42"), "beat_ms", "0")
    await replays.begin("R42", "second", "b", 1_000, None)

    assert not await replays.beat("R42", "a", 2_000)


async def test_an_ended_replay_keeps_the_clock(client: ServerClient) -> None:
    """Anybody may end a replay; its player learns at the next beat, and the position stays."""
    replays = Replays(client)
    await replays.begin("R42", "MJ", "a", 1_000, None)
    has_ended = await replays.end("R42", "second")
    status = await replays.status("R42")

    assert has_ended
    assert not await replays.beat("R42", "a", 9_000)
    assert status is not None
    assert (status.position_ms, status.speed, status.is_playing) == (1_000, None, False)


async def test_a_player_ends_only_its_own_replay(client: ServerClient) -> None:
    """A player that was replaced cannot end its successor's replay."""
    replays = Replays(client)
    await replays.begin("R42", "MJ", "a", 1_000, None)

    assert not await replays.end("R42", "old", token="gone")
    assert await replays.beat("R42", "a", 2_000)


async def test_a_tick_reads_all_state_in_one_round_trip(client: ServerClient) -> None:
    """Race, mode, log, workers and replay come out of one batch as their own calls give them."""
    races, modes, log = Races(client), Modes(client), RaceLog(client)
    workers, replays = Workers(client), Replays(client)
    await races.begin_start("R42", "MJ", "a")
    await modes.set_mode(True, "MJ")
    await workers.beat(BEAT)
    await replays.begin("R42", "MJ", "a", 1_000, 20.0)

    race, mode, entries, alive, replay = await run_batch(
        client.commands, [status_read("R42"), MODE_READ, tail_read(9), alive_read(), replay_read("R42")]
    )

    assert status_of("R42", race) == await races.status("R42")
    assert mode_of(mode) == await modes.mode()
    assert tail_of(entries) == await log.tail(9)
    assert workers_of(alive) == await workers.alive()
    assert replay_of("R42", replay) == await replays.status("R42")
