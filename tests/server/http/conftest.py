"""A service on a port of its own, in the test's event loop, on the run's server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from racecontrol.server.client import ServerClient
from tests.server.http.serving import Served, served


@pytest.fixture
async def service(client: ServerClient, valkey_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """A running service; the server behind it is empty."""
    async with served(valkey_url, tmp_path) as running:
        yield running
