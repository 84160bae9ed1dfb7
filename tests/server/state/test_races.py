"""Starting and recalling a race in the server."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

import pytest

from racecontrol.domain.race import RaceState
from racecontrol.errors import RaceStateError
from racecontrol.server import keys
from racecontrol.server.client import ServerClient
from racecontrol.state.log import RaceLog
from racecontrol.state.model import ClaimOutcome, RaceStatus
from racecontrol.state.races import Races
from racecontrol.state.replay import Replays

MANY_RACES = pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.long)])
"""20 operators each."""

T = TypeVar("T")


async def all_at_once(presses: Iterable[Coroutine[object, object, T]]) -> list[T]:
    """All of them, 400 under way: a process has 16 connections, and a caller waits 5 s for one."""
    turns = asyncio.Semaphore(400)

    async def in_turn(press: Coroutine[object, object, T]) -> T:
        async with turns:
            return await press

    return await asyncio.gather(*map(in_turn, presses))


REPORT = '{"points":426921}'


@pytest.fixture
def races(client: ServerClient) -> Races:
    return Races(client)


@pytest.fixture
def log(client: ServerClient) -> RaceLog:
    return RaceLog(client)


async def fall_silent(client: ServerClient, race_id: str) -> None:
    """Make the start's last beat older than any patience, as if its process had died."""
    await client.commands.hset(keys.race(race_id), "beat_ms", "0")


async def told(log: RaceLog) -> list[tuple[str, str, str]]:
    """Who did what to which race, oldest first."""
    return [(entry.race_id, entry.operator, entry.what) for entry in await log.tail(100_000)]


async def test_a_race_nobody_started_is_ready(races: Races) -> None:
    """A race that the server never heard of is READY in its first pass."""
    assert await races.status("R42") == RaceStatus("R42")


async def test_the_first_caller_wins(races: Races) -> None:
    """The first to ask holds the start, and the race is STARTING by that name."""
    claim = await races.begin_start("R42", "MJ", "a")

    assert (claim.outcome, claim.status.state, claim.status.operator) == ("won", RaceState.STARTING, "MJ")


async def test_the_second_caller_learns_who_and_how_many(races: Races) -> None:
    """Somebody else's start is told with its operator, its time and how far it is."""
    begun = (await races.begin_start("R42", "MJ", "a")).status
    await races.beat("R42", "a", 30, 127)

    claim = await races.begin_start("R42", "second", "b")

    status = claim.status
    assert (claim.outcome, claim.is_ours) == (ClaimOutcome.HELD, False)
    assert (status.operator, status.since_ms, status.done, status.total) == ("MJ", begun.since_ms, 30, 127)


async def test_a_repeat_after_a_lost_reply_wins_again(races: Races, log: RaceLog) -> None:
    """The same token asks twice: it holds the start both times, and the log tells it once."""
    await races.begin_start("R42", "MJ", "a")
    claim = await races.begin_start("R42", "MJ", "a")

    assert claim.outcome == ClaimOutcome.WON
    assert await told(log) == [("R42", "MJ", "start")]


async def test_a_silent_start_is_resumed(races: Races, client: ServerClient, log: RaceLog) -> None:
    """The next caller takes over a dead start in the same pass; the log says from whom."""
    await races.begin_start("R42", "MJ", "a")
    await races.beat("R42", "a", 30, 127)
    await fall_silent(client, "R42")

    claim = await races.begin_start("R42", "second", "b")

    assert (claim.outcome, claim.is_ours, claim.status.pass_number) == (ClaimOutcome.RESUMED, True, 1)
    assert (await log.tail(1))[0].why == "pass 1: MJ fell silent at 30 of 127"


async def test_a_start_that_was_taken_over_is_refused(races: Races, client: ServerClient) -> None:
    """The former holder, back from its sleep, learns at its beat and at its finish who has taken over."""
    await races.begin_start("R42", "MJ", "a")
    await fall_silent(client, "R42")
    await races.begin_start("R42", "second", "b")

    with pytest.raises(RaceStateError, match="taken over by second"):
        await races.beat("R42", "a", 1, 2)
    with pytest.raises(RaceStateError, match="taken over by second"):
        await races.finish("R42", "a", REPORT)


async def test_a_silent_start_that_nobody_took_over_goes_on(races: Races, client: ServerClient) -> None:
    """Silence alone takes nothing away: the holder beats again and holds on."""
    await races.begin_start("R42", "MJ", "a")
    await fall_silent(client, "R42")
    await races.beat("R42", "a", 1, 2)

    assert (await races.begin_start("R42", "second", "b")).outcome == ClaimOutcome.HELD


async def test_a_finished_start_answers_with_its_report(races: Races) -> None:
    """Who starts a running race gets the report of the start, and who did it."""
    await races.begin_start("R42", "MJ", "a")
    await races.finish("R42", "a", REPORT)

    claim = await races.begin_start("R42", "second", "b")

    assert (claim.outcome, claim.status.operator) == (ClaimOutcome.FINISHED, "MJ")
    assert claim.status.report_json == REPORT


async def test_a_finish_after_a_lost_reply_is_told_once(races: Races, log: RaceLog) -> None:
    """The same finish twice leaves one log entry and the first report."""
    await races.begin_start("R42", "MJ", "a")
    await races.finish("R42", "a", REPORT, "127 pilots")
    status = await races.finish("R42", "a", "{}", "127 pilots")

    assert status.report_json == REPORT
    assert await told(log) == [("R42", "MJ", "start"), ("R42", "MJ", "started")]


async def test_a_recall_begins_a_new_pass(races: Races, log: RaceLog) -> None:
    """A running race is READY in its second pass after a recall, without the first one's report."""
    await races.begin_start("R42", "MJ", "a")
    await races.finish("R42", "a", REPORT)

    status = await races.recall("R42", "second")

    assert (status.state, status.pass_number, status.report_json) == (RaceState.READY, 2, "")
    assert (await log.tail(1))[0].why == "pass 1, running, begun by MJ"


async def test_a_recall_stops_a_start_under_way(races: Races) -> None:
    """The start learns at its next beat, and at its finish, who recalled it."""
    await races.begin_start("R42", "MJ", "a")
    await races.recall("R42", "second")

    with pytest.raises(RaceStateError, match="recalled by second"):
        await races.beat("R42", "a", 1, 2)
    with pytest.raises(RaceStateError, match="recalled by second"):
        await races.finish("R42", "a", REPORT)


async def test_a_recalled_start_is_told_so_in_the_next_pass(races: Races) -> None:
    """A start that was recalled is told that, even where the next pass has begun meanwhile."""
    await races.begin_start("R42", "MJ", "a")
    await races.recall("R42", "second")
    await races.begin_start("R42", "third", "c")

    with pytest.raises(RaceStateError, match="recalled by second"):
        await races.beat("R42", "a", 1, 2)


async def test_a_ready_race_has_nothing_to_recall(races: Races, log: RaceLog) -> None:
    """A recall of a race that was not started is refused in words and leaves no entry."""
    with pytest.raises(RaceStateError, match="R42 has not been started: nothing to recall"):
        await races.recall("R42", "MJ")

    assert await told(log) == []


async def test_the_second_recall_learns_of_the_first(races: Races) -> None:
    """A recall that came too late is told who was first."""
    await races.begin_start("R42", "MJ", "a")
    await races.recall("R42", "second")

    with pytest.raises(RaceStateError, match="since second recalled it at 20"):
        await races.recall("R42", "third")


async def test_a_recalled_race_starts_again(races: Races) -> None:
    """The second pass is started like the first."""
    await races.begin_start("R42", "MJ", "a")
    await races.recall("R42", "MJ")

    claim = await races.begin_start("R42", "MJ", "b")

    assert (claim.outcome, claim.status.pass_number) == (ClaimOutcome.WON, 2)


async def test_a_stale_screen_starts_nothing(races: Races) -> None:
    """Who saw the first pass cannot start or recall the second; the refusal says how it stands."""
    await races.begin_start("R42", "MJ", "a")
    await races.recall("R42", "second")

    with pytest.raises(RaceStateError, match="moved on: it is ready in pass 2, by second"):
        await races.begin_start("R42", "MJ", "b", seen_pass=1)
    await races.begin_start("R42", "MJ", "b", seen_pass=2)
    with pytest.raises(RaceStateError, match="moved on: it is starting in pass 2, by MJ"):
        await races.recall("R42", "third", seen_pass=1)


async def test_a_recall_ends_the_replay(races: Races, client: ServerClient) -> None:
    """The replay of a recalled race is refused at its next beat, and the race's clock is back."""
    replays = Replays(client)
    await races.begin_start("R42", "MJ", "a")
    await replays.begin("R42", "MJ", "player", 1_000, 20.0)
    await races.recall("R42", "MJ")

    assert not await replays.beat("R42", "player", 2_000)
    assert await replays.status("R42") is None


@MANY_RACES
async def test_twenty_operators_press_at_once(races: Races, log: RaceLog, count: int) -> None:
    """Fault R1: of 20 who press at once on what they see, one wins each; the log tells each once."""
    names = [f"R{number}" for number in range(count)]
    operators = [f"op{number}" for number in range(20)]

    async def presses(race_id: str, operator: str) -> list[str]:
        claim = await races.begin_start(race_id, operator, f"{race_id}/{operator}", seen_pass=1)
        return ["start"] if claim.is_ours else []

    async def recalls(race_id: str, operator: str) -> list[str]:
        try:
            await races.recall(race_id, operator, seen_pass=1)
        except RaceStateError:
            return []
        return ["recall"]

    won: list[tuple[str, str, str]] = []
    for press in (presses, recalls):
        pressed = [(race_id, operator) for race_id in names for operator in operators]
        answers = await all_at_once(press(*who) for who in pressed)
        won += [(*who, what) for who, answer in zip(pressed, answers, strict=True) for what in answer]

    assert sorted((race_id, what) for race_id, _, what in won) == sorted(
        (race_id, what) for race_id in names for what in ("start", "recall")
    )
    assert sorted(await told(log)) == sorted(won)


@MANY_RACES
async def test_start_and_recall_at_once_leave_log_and_state_at_one(
    races: Races, log: RaceLog, count: int
) -> None:
    """Fault R1: in whatever order 20 starts and recalls arrive, a race's log leads to its state."""
    names = [f"R{number}" for number in range(count)]

    async def press(race_id: str, number: int) -> str | None:
        try:
            if number % 2:
                await races.recall(race_id, f"op{number}", seen_pass=1)
                return "recall"
            claim = await races.begin_start(race_id, f"op{number}", f"{race_id}/{number}", seen_pass=1)
        except RaceStateError:
            return None
        return "start" if claim.is_ours else None

    pressed = [(race_id, number) for race_id in names for number in range(20)]
    answers = await all_at_once(press(*who) for who in pressed)
    won = [(race, f"op{n}", what) for (race, n), what in zip(pressed, answers, strict=True) if what]
    entries = await told(log)
    last = {race_id: what for race_id, _, what in entries}
    states = {race_id: (await races.status(race_id)).state for race_id in names}

    assert sorted(entries) == sorted(won)
    assert len({(race_id, what) for race_id, _, what in won}) == len(won)
    assert states == {
        race_id: RaceState.READY if last[race_id] == "recall" else RaceState.STARTING for race_id in names
    }
