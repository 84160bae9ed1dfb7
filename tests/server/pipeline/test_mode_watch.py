"""Competition mode, as the processes of a site see it."""

from __future__ import annotations

from racecontrol.domain.operation import Method
from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.pipeline.mode_watch import ModeWatch
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.state.mode import Modes
from tests.builders import make_fixes
from tests.server.pipeline.tools import until


async def test_competition_mode_pipelines_every_enqueue(client: ServerClient) -> None:
    """A call that asks for single calls is pipelined too."""
    await Modes(client).set_mode(True, "MJ")
    queue = PriorityQueue(client)

    async with ModeWatch(queue, Modes(client)):
        await queue.queue_points_batch(LIVE_POINTS, [(make_fixes(), 100.0)], use_pipeline=False)

    assert [operation.method for operation in queue.metrics.drain()] == [Method.PIPELINE]


async def test_switch_is_seen_by_a_process_that_runs(client: ServerClient) -> None:
    """What another process switches on is followed without a restart."""
    queue = PriorityQueue(client)

    async def is_followed() -> bool:
        return queue.pipelines_all

    async with ModeWatch(queue, Modes(client)), open_client(client.url) as other:
        assert not queue.pipelines_all
        await Modes(other).set_mode(True, "Ana")
        await until("the switch is followed", is_followed)
