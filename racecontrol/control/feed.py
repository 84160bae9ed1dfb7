"""`LiveFeed`: a snapshot a tick, of the server and the store of a site; it keeps what screens look back at.

tick ─► sample (one round trip) ─► history ─► views ─► alerts ─► Snapshot
          └─ no answer: the last known, marked; the server is revived in the background
in the background, never waited for: the store's flights, the tracks of the race folder
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Self

from racecontrol.control.background import Background
from racecontrol.control.pilot_work import PilotReader
from racecontrol.control.pilots import PilotBoard
from racecontrol.control.race_line import clock_at, race_view
from racecontrol.control.site import Site
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.race import Race
from racecontrol.domain.readiness import ready_count
from racecontrol.errors import QueueError, ServerUnavailable
from racecontrol.telemetry.alerts import Watched, standing, watch
from racecontrol.telemetry.build import (
    intakes_view,
    log_line,
    mode_view,
    pipeline_view,
    queue_views,
    server_view,
    workers_view,
)
from racecontrol.telemetry.findings import DEFAULTS, Thresholds, findings, fold_silent
from racecontrol.telemetry.history import History
from racecontrol.telemetry.sample import Sample
from racecontrol.telemetry.sampler import Sampler
from racecontrol.telemetry.snapshot import LogLine, PilotView, RaceView, ServerView, Snapshot

ANSWER_S = 0.9
"""A server that does not answer a tick within this is shown as down: with a tick a second, within 2 s."""

LOG_LINES = 500
"""Log lines a screen can scroll back through."""


class LiveFeed:
    """The `Feed` of a running site. Its background work lives inside its `async with` block."""

    def __init__(
        self,
        site: Site,
        race: Race | None = None,
        *,
        expected_workers: int = 0,
        limits: Thresholds = DEFAULTS,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """race: whose pilots and clock are shown, or None. expected_workers: those this process runs."""
        self._site = site
        self._race = race
        self._expected_workers = expected_workers
        self._limits = limits
        self._clock = clock
        self._sampler = Sampler(site.client, race.race_id if race else None, clock)
        self._history = History()
        self._log: deque[LogLine] = deque(maxlen=LOG_LINES)
        self._watched: Mapping[str, Watched] = {}
        self._background = Background()
        self._reader: PilotReader | None = None
        self._pilots = PilotBoard(race) if race else None
        self._stored_mark: object = None
        self._server = ServerView(
            site.client.shown_url,
            is_up=False,
            latency_ms=None,
            is_durable=site.safety.is_durable,
            is_embedded=site.is_embedded,
            problems=site.safety.problems,
        )
        self._server_ahead_ms = 0
        self._answered_s = clock.monotonic_s()

    async def __aenter__(self) -> Self:
        await self._background.__aenter__()
        if self._race and self._pilots:
            self._reader = PilotReader(self._race, self._pilots, self._site.store)
            self._background.start("tracks", self._reader.read_tracks)
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._background.__aexit__(*exc_info)

    async def tick(self) -> Snapshot:
        """Sample once. With the server away, the last known values, marked as such.

        Cost: one round trip; 2 ms of this process for 150 pilots.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                sample = await self._sampler.sample()
        except TimeoutError:
            self._lost(f"no answer within {ANSWER_S:g} s")
        except (ServerUnavailable, QueueError) as exc:
            self._lost(exc.what)
            self._background.start("revive", self._site.client.revive)
        else:
            self._learn(sample)
        return self._snapshot()

    async def settle(self) -> None:
        """Wait until what ticks began in the background is done: tracks and flights."""
        await self._background.settle()

    def _learn(self, sample: Sample) -> None:
        self._history.add(sample)
        self._log.extend(log_line(entry) for entry in sample.log if self._is_ours(entry.race_id))
        self._server = server_view(self._server, sample)
        self._server_ahead_ms = sample.time_ms - self._clock.now_ms()
        self._answered_s = self._clock.monotonic_s()
        stored_mark = [stats.points_out for stats in sample.queues]
        if self._reader is None or stored_mark == self._stored_mark:
            return
        # While the last read is under way the mark stays, so that the next tick reads once more.
        if self._background.start("flights", self._reader.read_flights):
            self._stored_mark = stored_mark

    def _lost(self, error: str) -> None:
        stale_s = self._clock.monotonic_s() - self._answered_s
        self._server = replace(self._server, is_up=False, latency_ms=None, error=error, stale_s=stale_s)

    def _is_ours(self, race_id: str) -> bool:
        return self._race is None or race_id in ("", self._race.race_id)

    def _snapshot(self) -> Snapshot:
        snapshot = self._views(self._clock.now_ms() + self._server_ahead_ms)
        self._watched = watch(self._watched, findings(snapshot, self._limits), snapshot.time_ms)
        return replace(snapshot, alerts=fold_silent(standing(self._watched)))

    def _views(self, time_ms: int) -> Snapshot:
        newest = self._history.newest
        race, pilots = self._race_views(newest, time_ms)
        return Snapshot(
            time_ms=time_ms,
            server=self._server,
            mode=mode_view(newest.mode if newest else None),
            workers=workers_view(self._history, self._expected_workers),
            pipeline=pipeline_view(newest),
            queues=queue_views(self._history, self._limits),
            race=race,
            pilots=pilots,
            log=tuple(self._log),
            intakes=intakes_view(newest),
            sos=tuple(call for call in newest.sos if not call.acknowledged_by) if newest else (),
            trackers=newest.trackers if newest else (),
        )

    def _race_views(
        self, newest: Sample | None, time_ms: int
    ) -> tuple[RaceView | None, tuple[PilotView, ...]]:
        if self._race is None or self._pilots is None:
            return None, ()
        clock = clock_at(self._race, newest, time_ms)
        rows = self._pilots.rows(clock)
        silent = self._pilots.fallen_silent(rows)
        if silent and self._reader:
            self._background.start("silent", partial(self._reader.read_silent, silent))
        return race_view(self._race, newest, clock, time_ms, ready_count(row.state for row in rows)), rows
