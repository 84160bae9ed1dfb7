"""Calls for help that come while the server is away: raised as soon as it is back.

    call ─► raised ─ no answer ─► kept here, tried again ─► raised
      └► its last fix at 2000 ─► spool of this machine ─► drained, also after a restart ─► raised

One that is raised by both is one alert: a pilot has at most one a minute, and what a spool tells later is
raised only where its fix is newer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.priority import SOS
from racecontrol.errors import PayloadError, QueueError, ServerUnavailable
from racecontrol.pipeline.recurring import Recurring
from racecontrol.queues.codec import decode
from racecontrol.queues.model import NewItem
from racecontrol.state.sos import SosCalls

EVERY_S: Final = 0.2
PATIENCE_S: Final = 0.5
"""What raising may take of a request."""

_log = logging.getLogger(__name__)


class SosRaiser(Recurring):
    """Raises calls at once, or later while the block runs."""

    def __init__(self, calls: SosCalls) -> None:
        super().__init__(EVERY_S, has_last_turn=True)
        self._calls = calls
        self._unraised: dict[Flight, Fixes] = {}

    async def __aexit__(self, *told: object) -> None:
        await super().__aexit__(*told)
        for flight, fixes in self._unraised.items():
            # What has a position is in a spool as well, and raised when that is drained.
            _log.critical(
                "sos: not shown to the end race=%s bib=%s fixes=%d", flight.race_id, flight.bib, len(fixes)
            )

    async def call_for_help(self, fixes: Fixes) -> bool:
        """Raise the call of a pilot, at the last fix; False where that is still to be done.

        Cost: one round trip, PATIENCE_S at most.
        """
        try:
            async with asyncio.timeout(PATIENCE_S):
                await _raise(self._calls, fixes)
        except (ServerUnavailable, QueueError, TimeoutError) as exc:
            flight = fixes.flight
            _log.critical("sos: not shown yet race=%s bib=%s reason=%s", flight.race_id, flight.bib, exc)
            self._unraised[flight] = fixes
            return False
        return True

    async def _turn(self) -> None:
        for flight, fixes in list(self._unraised.items()):
            # One that is refused does not stand before the others.
            with suppress(QueueError):
                await _raise(self._calls, fixes)
                # Another may have come meanwhile.
                if self._unraised[flight] is fixes:
                    del self._unraised[flight]


async def raise_spooled(calls: SosCalls, items: Iterable[NewItem]) -> None:
    """Raise the calls that came with these items and are news, each pilot's at its newest position.

    Raises: ServerUnavailable. Cost: a round trip a pilot who called.
    """
    newest: dict[Flight, Fixes] = {}
    for item in items:
        if item.priority == SOS:
            try:
                fixes = decode(item.payload)
            except PayloadError:
                # A worker makes a dead letter of it, with its reason.
                continue
            newest[fixes.flight] = fixes
    for fixes in newest.values():
        try:
            await _raise(calls, fixes, is_late=True)
        except QueueError as exc:
            # What else waits in the spool must not wait for it.
            flight = fixes.flight
            _log.critical("sos: not shown race=%s bib=%s reason=%s", flight.race_id, flight.bib, exc)


async def _raise(calls: SosCalls, fixes: Fixes, *, is_late: bool = False) -> None:
    where, fix_ms = "", 0
    if len(fixes):
        where, fix_ms = f"{fixes.lat_deg[-1]:.5f}, {fixes.lon_deg[-1]:.5f}", int(fixes.time_ms[-1])
    await calls.call_for_help(fixes.flight.race_id, fixes.flight.bib, where, fix_ms, is_late=is_late)
