"""Fault S4: idle connections, slow heads and slow bodies are closed by their deadline, and hurt nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from racecontrol.domain.sender import SenderKind
from racecontrol.http import body
from racecontrol.server.client import ServerClient
from tests.server.http.serving import LIVE, Served, live_body, served
from tests.server.http.slow_clients import slow_clients
from tests.server.http.wire import head, link_to

SLOW = 1_000
HEALTHY_POSTS = 50


async def test_a_thousand_slow_clients_are_closed_and_others_served(
    client: ServerClient, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every post of a healthy sender is taken meanwhile; uvicorn alone would close none of the thousand."""
    monkeypatch.setattr(body, "GRACE_S", 1.0)
    async with served(valkey_url, tmp_path, head_s=1.0) as service:
        token = service.token(SenderKind.RACE, "R42")
        async with slow_clients(service.port, token, SLOW) as clients:
            healthy = [
                (await service.post(LIVE, live_body(), token, Idempotency_Key=f"{number}")).status
                for number in range(HEALTHY_POSTS)
            ]

            assert len(clients.all) == SLOW
            assert healthy == [202] * HEALTHY_POSTS
            assert await clients.are_closed()


async def test_a_slow_body_is_cut_off(service: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, and the connection is closed."""
    monkeypatch.setattr(body, "GRACE_S", 0.2)
    async with link_to(service.port) as link:
        await link.send(head(LIVE, service.pilot_token(), "Content-Length: 100"), b"{")

        assert await link.status() == 408
        assert await link.is_closed()
