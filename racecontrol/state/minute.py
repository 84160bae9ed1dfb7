"""Which process of a site takes the look at the queues that is due once a minute."""

from __future__ import annotations

from typing import Final

from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated

_MINUTE_MS: Final = 60_000


async def claim_minute(client: ServerClient) -> bool:
    """Whether it is the caller's: the first to ask within a minute has it.

    Raises: ServerUnavailable. Cost: one round trip.
    """
    with translated(client):
        return bool(await client.commands.set(keys.DEPTHS_TAKEN, 1, nx=True, px=_MINUTE_MS))
