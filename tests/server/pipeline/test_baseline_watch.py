"""One measurement an hour and server, however many processes look."""

from __future__ import annotations

from racecontrol.pipeline.baseline_watch import BaselineWatch
from racecontrol.queues.baseline import known_baseline
from racecontrol.server.client import ServerClient, open_client
from tests.server.pipeline.tools import until
from tests.server.queue_tools import ask


async def test_two_processes_measure_once(client: ServerClient) -> None:
    """Begun in the same moment."""

    async def is_measured() -> bool:
        return await known_baseline(client) is not None

    await ask(client, "CONFIG", "RESETSTAT")
    async with open_client(client.url) as other, BaselineWatch(client), BaselineWatch(other):
        await until("the baseline is measured", is_measured)
    unlinked = await client.commands.info("commandstats")

    assert unlinked["cmdstat_unlink"]["calls"] == 1
