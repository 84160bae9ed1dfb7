"""The bench measures what it says, on tiny numbers, and leaves nothing behind."""

from __future__ import annotations

import json

import hiredis
import pytest

from racecontrol.bench.link import Link
from racecontrol.bench.report import document, in_words
from racecontrol.bench.result import OURS, REPLACED, Check, Goal, Measured
from racecontrol.bench.rig import QUEUE, open_rig
from racecontrol.bench.run import Plan, run_bench
from racecontrol.cli import main
from racecontrol.errors import ConfigError
from racecontrol.server.bare import BareLink, count_commands
from racecontrol.server.client import ServerClient, open_client
from racecontrol.server.private import private_server
from tests.builders import make_fixes


async def test_queue_bench_measures_every_scenario_and_clears_up(client: ServerClient) -> None:
    """On somebody's server the bench uses a queue of its own and empties it."""
    plan = Plan("queue", rounds=1, scale=0.01, redis_url=client.url)
    conditions, results = await run_bench(plan)

    goals = [check.goal.name for result in results for check in result.checks]
    assert len(results) == 10
    assert len(goals) == 14
    assert all(seconds > 0 for result in results for seconds in result.seconds.values())
    assert (conditions.way, conditions.fsync) == ("unix socket", "always")
    assert await client.commands.dbsize() == 0


async def test_start_bench_stores_what_it_queued() -> None:
    """A start on the bench's own server, over TCP, with the other fsync."""
    plan = Plan("start", rounds=1, scale=0.02, fsync="everysec", is_tcp=True)
    conditions, (queued, stored) = await run_bench(plan)

    assert (conditions.way, conditions.fsync) == ("TCP", "everysec")
    assert queued.points == stored.points == 3 * 3391
    assert OURS in queued.seconds
    assert OURS in stored.seconds


async def test_bench_over_tls_is_refused() -> None:
    """A bare socket cannot be the ceiling of an encrypted way."""
    with pytest.raises(ConfigError, match="without TLS"):
        await run_bench(Plan("queue", redis_url="rediss://localhost:6379"))


def test_codec_bench_gives_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """`bench codec --json` needs no server, and stdout is the document alone."""
    assert main(["bench", "codec", "--json", "--repeat", "1", "--scale", "0.05"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told["conditions"]["bench"] == "codec"
    assert {"scenario", "points", "methods", "checks"} <= set(told["results"][0])


@pytest.mark.parametrize("wrong", [["--repeat", "0"], ["--scale", "0"], ["--scale", "nan"]])
def test_bench_of_nothing_is_a_usage_error(wrong: list[str]) -> None:
    """No rounds or no points give no median."""
    assert main(["bench", "codec", *wrong]) == 2


async def test_report_marks_what_is_missed_met_and_stretched() -> None:
    """A reader sees at once which goals stand."""
    goals = [Goal("more", "x", 20, 28), Goal("less", "s", 0.1, 0.05, is_most=True)]
    checks = tuple(Check(goal, value) for goal in goals for value in (19, 20, 28, 0.1, 0.05))
    result = Measured("some", 10, 2, {REPLACED: 2.0, OURS: 0.5}, checks)
    conditions, _ = await run_bench(Plan("codec", rounds=1, scale=0.05))

    words = in_words(conditions, [result])
    assert [line[3:5] for line in words.splitlines() if line.startswith("  [")] == [
        *("NO", "ok", "++", "NO", "NO"),
        *("NO", "NO", "NO", "ok", "++"),
    ]
    assert document(conditions, [result])["results"][0]["methods"][OURS]["points_per_s"] == 20


async def test_ceiling_sends_the_very_bytes_of_our_calls(client: ServerClient) -> None:
    """What is recorded once fills the queue again as often as it is sent."""
    items = [(make_fixes(), 1.0)]
    async with open_rig(client.url, rounds=1) as rig:
        ceiling = await rig.ceiling(lambda queue: queue.queue_points_batch(QUEUE, items))
        assert ceiling.prepare is not None
        await ceiling.prepare()
        await ceiling.work()
        stats = await rig.queue.stats(QUEUE)

    assert (stats.ready, stats.points_pending) == (1, 3)


async def test_link_delays_and_records(client: ServerClient) -> None:
    """Bytes arrive on the other side, and what clients sent is kept."""
    async with Link(client.url, one_way_s=0.001) as link, open_client(link.url) as far:
        assert await far.commands.ping()

    assert bytes(link.recorded).endswith(b"PING\r\n")


def test_bare_link_tells_a_refusal_from_an_answer() -> None:
    """An error among the answers is no ceiling."""
    ready_made = hiredis.pack_command(("PING",)) * 3
    with private_server() as url, BareLink(url) as link:
        link.blast(ready_made, count_commands(ready_made))
        with pytest.raises(ConnectionError, match="unknown command"):
            link.blast(hiredis.pack_command(("NO-SUCH-COMMAND",)), 1)
