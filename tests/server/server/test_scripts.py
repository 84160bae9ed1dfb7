"""Scripts survive a server that forgot them."""

from __future__ import annotations

from racecontrol.server.client import ServerClient
from racecontrol.server.scripts import Script, run_batch

ADD = Script("add", "return redis.call('INCRBY', KEYS[1], ARGV[1])")
KEY = "rc:{test}:sum"


async def test_a_script_the_server_never_saw_runs(client: ServerClient) -> None:
    """A first call, by digest, is answered though the server does not know the script."""
    assert await ADD(client.commands, [KEY], [7]) == 7


async def test_a_batch_survives_a_script_flush(client: ServerClient) -> None:
    """Calls of a batch whose script was flushed are sent again in full, each once, answers in order."""
    await ADD(client.commands, [KEY], [1])
    await client.commands.script_flush()

    answers = await run_batch(client.commands, [ADD.call([KEY], [n]) for n in (10, 20, 30)])

    assert answers == [11, 31, 61]


async def test_a_batch_mixes_scripts_and_plain_commands(client: ServerClient) -> None:
    """A batch may hold commands beside scripts; the commands ran first where the script was unknown."""
    answers = await run_batch(client.commands, [("SET", KEY, 5), ADD.call([KEY], [1]), ("STRLEN", KEY)])

    assert answers == [True, 6, 1]
