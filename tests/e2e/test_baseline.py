"""The baseline of single calls is measured by whatever process is the first on a site."""

from __future__ import annotations

import asyncio

import pytest

from racecontrol.domain.baseline import Baseline
from racecontrol.queues.baseline import known_baseline
from racecontrol.server.client import ServerClient
from tests.e2e.cli import Cli


async def measured(client: ServerClient) -> Baseline:
    """What is measured, once it is."""
    while (baseline := await known_baseline(client)) is None:  # noqa: ASYNC110  (another process measures)
        await asyncio.sleep(0.05)
    return baseline


@pytest.mark.parametrize(
    "command", [("serve", "--port", "0"), ("serve", "--port", "0", "--processes", "2"), ("work", "-n", "2")]
)
async def test_it_is_measured_at_start_up(cli: Cli, client: ServerClient, command: tuple[str, ...]) -> None:
    """By a service and by workers, with no desk open."""
    process = cli.start(*command, "--redis-url", client.url)
    try:
        assert (await measured(client)).ms_per_call > 0
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate, timeout=30)
