"""The race log's copy in the store: who started when is known after the queue server's data is gone."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from racecontrol.pipeline.recurring import Recurring
from racecontrol.state.log import BEGINNING, RaceLog
from racecontrol.store.base import Store

EVERY_S: Final = 1.0
"""Between two asks whether there is something new: one call of 0.1 ms."""

PATIENCE_S: Final = 1.0
"""How long an answer is waited for: nobody's end is held up by a silent server, others copy as well."""


class LogCopy(Recurring):
    """Copies what is new in the log once a second while the block runs, and once at its end.

    Every process of a site does so: whichever comes first adds an entry, the others find it there.
    """

    def __init__(self, log: RaceLog, store: Store) -> None:
        super().__init__(EVERY_S, has_last_turn=True)
        self._log = log
        self._store = store
        self._copied_id: str | None = None

    async def _turn(self) -> None:
        with suppress(TimeoutError):
            copied_id = self._copied_id or await self._where_to_begin()
            while entries := await asyncio.wait_for(self._log.read(copied_id), PATIENCE_S):
                await asyncio.to_thread(self._store.record_log, entries)
                copied_id = self._copied_id = entries[-1].entry_id

    async def _where_to_begin(self) -> str:
        """Behind the last entry copied; at the first of all where this server does not have that one."""
        newest_id = await asyncio.to_thread(self._store.newest_log_id)
        if newest_id is None or not await asyncio.wait_for(self._log.has(newest_id), PATIENCE_S):
            return BEGINNING
        return newest_id
