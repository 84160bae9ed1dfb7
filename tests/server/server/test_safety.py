"""What is said of servers whose settings can lose points."""

from __future__ import annotations

import pytest

from racecontrol.server.client import open_client
from racecontrol.server.safety import Safety, check_safety
from tests.server.tools import ValkeyProcess, valkey


async def safety_of(**settings: str) -> Safety:
    """The verdict on a fresh server with these settings."""
    with valkey(**settings) as server:
        async with open_client(server.url) as client:
            return await check_safety(client)


async def test_a_server_set_like_ours_is_durable() -> None:
    """Append-only, synced at each write, nothing evicted: no problem and no refusal."""
    assert await safety_of() == Safety(True)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"appendfsync": "everysec"},
            "appendfsync is everysec: a crash of the server loses up to two seconds",
        ),
        ({"appendfsync": "no"}, "appendfsync is no: a crash of the server loses half a minute"),
        ({"appendonly": "no"}, "appendonly is off"),
        ({"no_appendfsync_on_rewrite": "yes"}, "no-appendfsync-on-rewrite is on"),
    ],
)
async def test_a_lossy_server_is_named_lossy(settings: dict[str, str], said: str) -> None:
    """A setting that can lose acknowledged points is a problem in words, and nothing is durable."""
    safety = await safety_of(**settings)

    assert not safety.is_durable
    assert [problem[: len(said)] for problem in safety.problems] == [said]
    assert safety.refusal == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"maxmemory_policy": "allkeys-lru"}, "maxmemory-policy is allkeys-lru"),
        ({"replicaof": "127.0.0.1 1"}, "is a replica"),
        ({"cluster_enabled": "yes"}, "is a node of a cluster"),
    ],
)
async def test_a_server_that_cannot_serve_is_refused(settings: dict[str, str], said: str) -> None:
    """A server that throws points away, or takes no writes, is refused with the reason."""
    assert said in (await safety_of(**settings)).refusal


async def test_a_server_that_hides_its_settings_is_not_called_durable(own_server: ValkeyProcess) -> None:
    """Where CONFIG is forbidden the verdict is that nobody can tell."""
    async with open_client(own_server.url) as client:
        await client.commands.acl_setuser("default", commands=["-config"])
        safety = await check_safety(client)

    assert (safety.is_durable, safety.refusal) == (False, "")
    assert "does not tell its settings" in safety.problems[0]
