"""How often a sender may come: permits from the bucket that all processes share, handed out here.

While the server is away each process counts for itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.sender import SenderKind
from racecontrol.errors import QueueError, ServerUnavailable, TooOften
from racecontrol.state.limits import Bucket, Limits, Permits, Rate

RATES: Final[Mapping[SenderKind, Rate]] = {
    SenderKind.PILOT: Rate(20, 200),
    SenderKind.RACE: Rate(5_000, 10_000),
    SenderKind.DEVICE: Rate(20, 200),
    SenderKind.OPERATOR: Rate(50, 200),
    SenderKind.READ: Rate(50, 200),
}
"""A tracker reports once a second and empties its memory at landing; a gateway sends for all pilots of
ten races at once. What is far over that is a loop or an attack."""

GUESSES: Final = Rate(1, 20)
"""Wrong tokens of an address, or digests of a serial there: a person mistypes some, a guesser needs 2^128."""

DEVICE_GUESSES: Final = Rate(20, 400)
"""Wrong digests of one address: devices share a field's uplink, and ten broken ones are no guesser."""

CHUNK_SHARE: Final = 20
"""A process takes a twentieth of the burst at once, and gives it out within KEPT_S."""

MOST_PERMITS: Final = 200
"""Of a gateway's 5,000 a second: 25 round trips a second at most, and no more than that is left unused."""

KEPT_S: Final = 10.0
"""Longer than a tracker is silent: its ten permits then serve ten reports, not one."""

REFUSED_S: Final = 1.0
"""How long an empty bucket is not asked again."""

PATIENCE_S: Final = 0.1
"""How long a request waits for the bucket: a server that is slower than that counts as away."""

AWAY_S: Final = 1.0
"""How long this process then counts for itself."""

_MOST_NAMES: Final = 20_000


@dataclass(slots=True)
class _Held:
    """What this process has of one sender's permits. Times: monotonic seconds."""

    permits: int = 0
    until_s: float = 0.0
    refused_until_s: float = 0.0
    own: Bucket | None = None
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def is_idle(self, now_s: float) -> bool:
        """Nothing would change if it were forgotten: no permits, no refusal, no bucket that still fills."""
        is_full = self.own is None or self.own.full_at_s <= now_s
        return is_full and max(self.until_s, self.refused_until_s) <= now_s and not self.asking.locked()


class Allowances:
    """Spends permits of senders; the limits themselves are in `RATES`."""

    def __init__(self, limits: Limits, clock: Clock = SYSTEM_CLOCK) -> None:
        self._limits = limits
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._own_until_s = 0.0

    async def spend(self, name: str, rate: Rate) -> None:
        """Take one permit. Raises: TooOften. Cost: a round trip for the first of some twenty calls."""
        held = self._held.get(name)
        if held is None:
            self._forget_idle()
            held = self._held[name] = _Held()
        if not self._has_one(held):
            async with held.asking:
                if not self._has_one(held):
                    self._fill(held, await self._ask(name, rate, held))
        held.permits -= 1

    def has_permit(self, name: str) -> bool:
        """Whether `spend` needs nobody but this process now. Raises: TooOften."""
        held = self._held.get(name)
        return held is not None and self._has_one(held)

    def spend_held(self, name: str) -> None:
        """Take one of the permits that `has_permit` has just seen."""
        self._held[name].permits -= 1

    def require_left(self, name: str) -> None:
        """Take nothing. Raises: TooOften where the bucket was found empty a moment ago."""
        held = self._held.get(name)
        if held is not None:
            self._has_one(held)

    def _has_one(self, held: _Held) -> bool:
        """Raises: TooOften where the bucket was found empty a moment ago."""
        now_s = self._clock.monotonic_s()
        if now_s < held.refused_until_s:
            raise _too_often(held.refused_until_s - now_s)
        return held.permits > 0 and now_s < held.until_s

    def _fill(self, held: _Held, permits: Permits) -> None:
        now_s = self._clock.monotonic_s()
        if permits.granted == 0:
            held.refused_until_s = now_s + min(permits.retry_after_s, REFUSED_S)
            raise _too_often(permits.retry_after_s)
        held.permits, held.until_s = permits.granted, now_s + KEPT_S

    async def _ask(self, name: str, rate: Rate, held: _Held) -> Permits:
        if self._clock.monotonic_s() >= self._own_until_s:
            wanted = max(1, min(MOST_PERMITS, rate.burst // CHUNK_SHARE))
            try:
                async with asyncio.timeout(PATIENCE_S):
                    return await self._limits.take(name, rate, wanted)
            except (TimeoutError, ServerUnavailable, QueueError):
                self._own_until_s = self._clock.monotonic_s() + AWAY_S
        now_s = self._clock.monotonic_s()
        held.own = held.own or Bucket(rate, rate.burst, now_s)
        return held.own.take(now_s)

    def _forget_idle(self) -> None:
        if len(self._held) >= _MOST_NAMES:
            now_s = self._clock.monotonic_s()
            self._held = {name: held for name, held in self._held.items() if not held.is_idle(now_s)}


def _too_often(retry_after_s: float) -> TooOften:
    return TooOften(
        "more requests than this sender may make",
        advice="wait, and send more points a request",
        retry_after_s=retry_after_s,
    )
