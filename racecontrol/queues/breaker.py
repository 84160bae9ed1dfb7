"""`Breaker`: decides whether the server is worth a call. No IO; `pipeline.recovery` probes.

    closed ──failures in a row──► open ──after the back-off──► half open ──the probe succeeds──► closed
                                    ▲                              │
                                    └───────the probe fails────────┘

Only what says that the server is away counts (connections, timeouts, LOADING, READONLY, OOM, CLUSTERDOWN,
MISCONF: all that `server.client` calls ServerUnavailable). A bad argument says nothing about the server.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.intake import BreakerState

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 2.0
"""Before a probe. An embedded server is back within 0.1 s; a probe every 2 s hurts no server."""


@dataclass(frozen=True, slots=True)
class BreakerChange:
    """The breaker came into `state` at `time_ms` (UTC). reason: the last failure's words; "" when closing."""

    state: BreakerState
    time_ms: int
    reason: str = ""


class Breaker:
    """One process's breaker. `on_change` is told of every change of state, at once."""

    def __init__(
        self,
        most_failures: int,
        on_change: Callable[[BreakerChange], None],
        clock: Clock = SYSTEM_CLOCK,
        dice: Callable[[], float] = random.random,
    ) -> None:
        """most_failures: in a row, at which it opens. dice: 0..1, spreads the probes of many processes."""
        self._most_failures = most_failures
        self._on_change = on_change
        self._clock = clock
        self._dice = dice
        self._failures = 0
        self._pause_s = FIRST_PAUSE_S
        self._probe_at_s = 0.0
        self.last_change = BreakerChange(BreakerState.CLOSED, clock.now_ms())

    @property
    def state(self) -> BreakerState:
        return self.last_change.state

    @property
    def is_closed(self) -> bool:
        """Calls go to the server."""
        return self.state is BreakerState.CLOSED

    @property
    def probe_in_s(self) -> float:
        """How long until a probe is due; 0 where it is."""
        return max(0.0, self._probe_at_s - self._clock.monotonic_s())

    def succeeded(self) -> None:
        """A call came back. Late answers to calls from before it opened do not close it."""
        if self.is_closed:
            self._failures = 0

    def failed(self, reason: str, *, is_silent: bool = False) -> None:
        """A call found the server away. is_silent: it waited in vain for as long as it may.

        Silence opens it at once: every further call would have to wait as long.
        """
        if not self.is_closed:
            return
        self._failures += self._most_failures if is_silent else 1
        if self._failures >= self._most_failures:
            self._open(reason)

    def begin_probe(self) -> bool:
        """Half-open, where it is open and a probe is due. The caller makes one call and tells its end."""
        if self.state is not BreakerState.OPEN or self.probe_in_s > 0:
            return False
        self._change(BreakerState.HALF_OPEN, self.last_change.reason)
        return True

    def probe_succeeded(self) -> None:
        """The server is back."""
        self._failures = 0
        self._pause_s = FIRST_PAUSE_S
        self._change(BreakerState.CLOSED)

    def probe_failed(self, reason: str) -> None:
        """The server is still away: wait twice as long before the next probe."""
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._open(reason)

    def _open(self, reason: str) -> None:
        self._probe_at_s = self._clock.monotonic_s() + self._pause_s * (0.5 + self._dice() / 2)
        self._change(BreakerState.OPEN, reason)

    def _change(self, state: BreakerState, reason: str = "") -> None:
        self.last_change = BreakerChange(state, self._clock.now_ms(), reason)
        self._on_change(self.last_change)
