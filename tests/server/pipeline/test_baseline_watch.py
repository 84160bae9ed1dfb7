"""One measurement an hour and server, however many processes look; a new one where a server has lost it."""

from __future__ import annotations

from racecontrol.pipeline.baseline_watch import BaselineWatch
from racecontrol.queues.baseline import known_baseline
from racecontrol.server import keys
from racecontrol.server.client import ServerClient, open_client
from tests.server.pipeline.tools import until
from tests.server.queue_tools import ask


async def test_two_processes_measure_once(client: ServerClient) -> None:
    """Begun in the same moment: what is told to all is told once."""

    async def is_measured() -> bool:
        return await known_baseline(client) is not None

    await ask(client, "CONFIG", "SET", "notify-keyspace-events", "Kh")
    channel = f"__keyspace@0__:{keys.BASELINE}"
    async with client.commands.pubsub() as writes:
        await writes.subscribe(channel)
        async with open_client(client.url) as other, BaselineWatch(client), BaselineWatch(other):
            await until("the baseline is measured", is_measured)
        await client.commands.publish(channel, "that was all")
        told: list[bytes] = []
        async for message in writes.listen():
            if message["data"] == b"that was all":
                break
            if message["type"] == "message":
                told.append(message["data"])
    await ask(client, "CONFIG", "SET", "notify-keyspace-events", "")

    assert told == [b"hset"]


async def test_a_server_that_came_back_empty_is_measured_soon(client: ServerClient) -> None:
    """Not a minute later: a screen has no speed-up to show until then."""

    async def is_measured() -> bool:
        return await known_baseline(client) is not None

    async with BaselineWatch(client):
        await until("the baseline is measured", is_measured)
        await ask(client, "FLUSHALL")

        await until("the baseline is measured again", is_measured)
