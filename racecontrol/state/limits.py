"""Rate limits that all processes of a site share: one bucket of permits a sender, filled as time passes.

A process takes several permits at once and hands them out itself, so a limit costs a round trip
for some twenty requests and not for each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from racecontrol.server import keys
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Script

_TAKE = Script.load("racecontrol.state.scripts", "take_permits")


@dataclass(frozen=True, slots=True)
class Rate:
    """per_s: requests a second in the long run. burst: what may come at once after a silence."""

    per_s: float
    burst: int


@dataclass(frozen=True, slots=True)
class Permits:
    """granted: 0 to what was asked for. retry_after_s: until there is one again, where none was granted."""

    granted: int
    retry_after_s: float


class Limits:
    """The buckets in the server."""

    def __init__(self, client: ServerClient) -> None:
        self._client = client

    async def take(self, name: str, rate: Rate, wanted: int) -> Permits:
        """Take up to `wanted` permits of this name. Raises: ServerUnavailable. Cost: one round trip."""
        args = (rate.per_s, rate.burst, wanted)
        with translated(self._client):
            granted, wait_ms = await _TAKE(self._client.commands, (keys.permits(name),), args)
        return Permits(granted, wait_ms / 1000)


@dataclass(slots=True)
class Bucket:
    """The same bucket in one process's memory, for while the server is away."""

    rate: Rate
    filled: float
    at_s: float

    @property
    def full_at_s(self) -> float:
        """From when on it is like a new one."""
        return self.at_s + (self.rate.burst - self.filled) / self.rate.per_s

    def take(self, now_s: float) -> Permits:
        """Take one permit. now_s: of a clock that never steps back."""
        self.filled = min(self.rate.burst, self.filled + (now_s - self.at_s) * self.rate.per_s)
        self.at_s = now_s
        if self.filled < 1:
            return Permits(0, math.ceil((1 - self.filled) / self.rate.per_s * 1000) / 1000)
        self.filled -= 1
        return Permits(1, 0.0)
