"""Fixtures of every room: a real server, shared by the tests of a run, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from racecontrol.server.client import ServerClient, open_client
from tests.server.proxy import Proxy
from tests.server.tools import ValkeyProcess, valkey


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ValkeyProcess]:
    """One server for the run. Tests that kill or freeze a server take `own_server`."""
    with valkey() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[ValkeyProcess]:
    """A fresh server of this test's own, to kill, freeze and restart. 40 ms."""
    with valkey() as server:
        yield server


@pytest.fixture
def valkey_url(shared_server: ValkeyProcess) -> str:
    """The URL of the run's server; its data is whatever the last test left, see `client`."""
    return shared_server.url


@pytest.fixture
async def client(valkey_url: str) -> AsyncIterator[ServerClient]:
    """A client of the run's server, emptied."""
    async with open_client(valkey_url) as server_client:
        await server_client.commands.flushall()
        yield server_client


@pytest.fixture
async def proxy(shared_server: ValkeyProcess) -> AsyncIterator[Proxy]:
    """A link to the run's server that breaks when told to; its `url` is for a client."""
    async with Proxy(shared_server.socket_path) as link:
        yield link
