"""A site, opened: the queue server, the queue, what all processes share, and the store, in one hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from racecontrol.domain.race import Race
from racecontrol.domain.text import clean_name
from racecontrol.errors import ServerUnavailable, ServerUnsafe
from racecontrol.formats.racefolder import find_race, race_folders
from racecontrol.pipeline.depths import DepthWatch
from racecontrol.pipeline.intake import pipeline_thresholds
from racecontrol.pipeline.ledger import Ledger
from racecontrol.pipeline.log_copy import LogCopy
from racecontrol.pipeline.mode_watch import ModeWatch
from racecontrol.queues.metrics import PipelineMetrics
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, open_client
from racecontrol.server.launcher import embedded_client
from racecontrol.server.safety import Safety, check_safety
from racecontrol.settings import Settings, kept_in
from racecontrol.state.log import RaceLog
from racecontrol.state.mode import Modes
from racecontrol.state.races import Races
from racecontrol.state.replay import Replays
from racecontrol.state.workers import Workers
from racecontrol.store.base import Store
from racecontrol.store.database import open_store

_LOOK_S: Final = 2.0
"""How long one waits at the door for a server that one can do without."""

Warn = Callable[[str], None]
"""Tells the person at the terminal something in a sentence."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a command or a screen works with. Closed by `open_site`."""

    settings: Settings
    client: ServerClient
    safety: Safety
    queue: PriorityQueue
    races: Races
    modes: Modes
    log: RaceLog
    workers: Workers
    replays: Replays
    store: Store

    @property
    def operator(self) -> str:
        """The name that goes into the race log and reports, cleaned."""
        return clean_name(self.settings.operator) or "operator"

    @property
    def is_embedded(self) -> bool:
        """The server is the site's own."""
        return self.settings.redis_url is None

    def race(self, race_id: str) -> Race:
        """A race by its id, from the race folders of the settings. Raises: RaceError; FormatError."""
        return find_race(race_id, race_folders(self.settings))


@asynccontextmanager
async def open_site(settings: Settings, *, warn: Warn, is_server_needed: bool = True) -> AsyncIterator[Site]:
    """Open a site: join or start its server, or connect to the one of --redis-url; open its store.

    warn: is told, in words, where the server's settings can lose points. While the block runs, every
    enqueue call is written to the ledger, and the race log copied to the store, in the background.
    is_server_needed: False for who can do without a server of one's own for a while; an embedded one
    is started in any case.

    Raises: ServerUnavailable; ServerUnsafe where the server throws points away when it is full;
    StoreError; ConfigError.
    """
    with kept_in(settings.data_dir):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(_connected(settings))
        safety = await (check_safety(client) if is_server_needed else _safety_if_up(client))
        if safety.refusal:
            raise ServerUnsafe(safety.refusal)
        for problem in safety.problems:
            warn(f"warning: {problem}")
        metrics = PipelineMetrics()
        store = stack.enter_context(open_store(settings.database_url or settings.database_path))
        queue, modes = PriorityQueue(client, metrics, thresholds=pipeline_thresholds(settings)), Modes(client)
        log = RaceLog(client)
        await stack.enter_async_context(Ledger(metrics, store, client))
        await stack.enter_async_context(DepthWatch(queue, store))
        await stack.enter_async_context(LogCopy(log, store))
        await stack.enter_async_context(ModeWatch(queue, modes))
        yield Site(
            settings,
            client,
            safety,
            queue,
            Races(client),
            modes,
            log,
            Workers(client),
            Replays(client),
            store,
        )


async def _safety_if_up(client: ServerClient) -> Safety:
    """What the server promises; nothing, while it does not answer. Cost: up to a few seconds."""
    try:
        async with asyncio.timeout(_LOOK_S):
            return await check_safety(client)
    except (ServerUnavailable, TimeoutError):
        return Safety(False, (f"the server at {client.shown_url} does not answer yet",))


@asynccontextmanager
async def _connected(settings: Settings) -> AsyncIterator[ServerClient]:
    if settings.redis_url is None:
        async with embedded_client(settings.server_dir) as client:
            yield client
    else:
        async with open_client(settings.redis_url) as client:
            yield client
