"""A race played to a service as its trackers would, in each of their wire formats.

The race's clock runs `speed` times as fast as the wall's. Pilots are dealt out to the formats in
turn; uploads, which trackers send after landing, come at the end.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from racecontrol.control.devices import DeviceSecrets
from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import Race
from racecontrol.formats.tracker_writer import flymaster_body, live_body, upload_body
from racecontrol.loadtest.client import LoadClient, Outcome
from racecontrol.loadtest.plan import LIVE_PATH, UPLOAD_PATH, Shipment
from racecontrol.pipeline.replay import FULL_SPEED_STEP_MS, STEP_S, after_gun
from racecontrol.pipeline.waiting import nap

FLYMASTER_PATH: Final = "/api/v2/flymaster/add_live_track_points"
_UPLOAD_POINTS: Final = 5_000

_LAST_ANSWERS_S: Final = 1.0
"""How long an interrupted replay waits for what is under way."""


class WireFormat(StrEnum):
    """How a tracker sends."""

    LIVE = "live"
    OPTIMIZED = "optimized"
    FLYMASTER = "flymaster"
    UPLOAD = "upload"


@dataclass(frozen=True, slots=True)
class FormatReport:
    """What was sent in one format, and what the service took."""

    pilots: int
    bodies: int
    points: int
    accepted_bodies: int
    accepted_points: int


@dataclass(frozen=True, slots=True)
class HttpReplayReport:
    """What a replay over HTTP sent. errors: bodies by what went wrong."""

    race: str
    formats: Mapping[str, FormatReport]
    errors: Mapping[str, int]

    @property
    def points(self) -> int:
        return sum(one.points for one in self.formats.values())

    @property
    def accepted_points(self) -> int:
        return sum(one.accepted_points for one in self.formats.values())


@dataclass(frozen=True, slots=True)
class HttpReplay:
    """Playing one race to one service. secrets: of its Flymaster devices; of no use to other formats."""

    race: Race
    client: LoadClient
    secrets: DeviceSecrets | None = None
    clock: Clock = SYSTEM_CLOCK

    async def play(
        self, speed: float | None, formats: Sequence[WireFormat], stopping: asyncio.Event
    ) -> HttpReplayReport:
        """Send everything after the gun, until `stopping` is set.

        speed: race seconds a wall second, None as fast as it goes.
        A pilot without a tracker serial who would send Flymaster text sends live JSON instead.
        """
        dealt = self._dealt(await after_gun(self.race), formats)
        outcomes: list[tuple[WireFormat, Outcome]] = []
        live = [(form, fixes) for form, fixes in dealt if form is not WireFormat.UPLOAD]
        async for from_ms, until_ms in self._steps([fixes for _, fixes in live], speed, stopping):
            pieces = (
                (form, fixes.before(until_ms).select(slice(len(fixes.before(from_ms)), None)))
                for form, fixes in live
            )
            outcomes += await self._send(pieces, stopping)
        for form, fixes in dealt:
            if form is WireFormat.UPLOAD and not stopping.is_set():
                chunks = ((form, chunk) for chunk in fixes.chunks(_UPLOAD_POINTS))
                outcomes += await self._send(chunks, stopping)
        return self._report(dealt, outcomes)

    def _dealt(
        self, flights: Sequence[Fixes], formats: Sequence[WireFormat]
    ) -> list[tuple[WireFormat, Fixes]]:
        serials = self._serials()
        dealt = []
        for number, fixes in enumerate(flights):
            form = formats[number % len(formats)]
            if form is WireFormat.FLYMASTER and fixes.flight.bib not in serials:
                form = WireFormat.LIVE
            dealt.append((form, fixes))
        return dealt

    async def _steps(
        self, flights: Sequence[Fixes], speed: float | None, stopping: asyncio.Event
    ) -> AsyncIterator[tuple[int, int]]:
        """The race times of each step, from and until, when it is due."""
        at_ms = self.race.gun_ms + 1000
        end_ms = max((int(fixes.time_ms[-1]) + 1 for fixes in flights), default=at_ms)
        began_s, start_ms, step = self.clock.monotonic_s(), at_ms, 0
        while at_ms < end_ms and not stopping.is_set():
            if speed is None:
                until_ms = at_ms + FULL_SPEED_STEP_MS
            else:
                step += 1
                await nap(began_s + step * STEP_S - self.clock.monotonic_s(), until=stopping)
                until_ms = start_ms + int((self.clock.monotonic_s() - began_s) * speed * 1000)
            yield at_ms, min(until_ms, end_ms)
            at_ms = until_ms

    async def _send(
        self, pieces: Iterator[tuple[WireFormat, Fixes]], stopping: asyncio.Event
    ) -> list[tuple[WireFormat, Outcome]]:
        """What came of each piece that was answered before `stopping` was set, and shortly after."""
        sends = {asyncio.create_task(self._post(form, fixes)): form for form, fixes in pieces if len(fixes)}
        if not sends:
            return []
        stopped = asyncio.create_task(stopping.wait())
        either: list[asyncio.Future[Any]] = [asyncio.gather(*sends, return_exceptions=True), stopped]
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if stopping.is_set():
                await asyncio.wait(sends, timeout=_LAST_ANSWERS_S)
        finally:
            stopped.cancel()
            for send in sends:
                send.cancel()
            await asyncio.wait(sends)
        return [(form, send.result()) for send, form in sends.items() if not send.cancelled()]

    async def _post(self, form: WireFormat, fixes: Fixes) -> Outcome:
        if form is WireFormat.UPLOAD:
            return await self.client.post(Shipment(UPLOAD_PATH, upload_body(fixes), fixes))
        if form is WireFormat.FLYMASTER and self.secrets is not None:
            serial = self._serials()[fixes.flight.bib]
            secret = self.secrets.secret_of(serial)
            body = flymaster_body(fixes, serial, secret, self.clock.now_ms())
            return await self.client.post_device_text(Shipment(FLYMASTER_PATH, body, fixes))
        path = f"{LIVE_PATH}_optimized" if form is WireFormat.OPTIMIZED else LIVE_PATH
        return await self.client.post(Shipment(path, live_body(fixes), fixes))

    def _serials(self) -> dict[str, str]:
        """The first tracker of each bib that has one."""
        return {pilot.bib: pilot.trackers[0] for pilot in self.race.pilots if pilot.trackers}

    def _report(
        self, dealt: Sequence[tuple[WireFormat, Fixes]], outcomes: Sequence[tuple[WireFormat, Outcome]]
    ) -> HttpReplayReport:
        pilots = Counter(form for form, _ in dealt)
        sent: dict[WireFormat, list[Outcome]] = defaultdict(list)
        for form, outcome in outcomes:
            sent[form].append(outcome)
        return HttpReplayReport(
            self.race.race_id,
            {form.value: _format_report(pilots[form], sent[form]) for form in WireFormat if pilots[form]},
            dict(Counter(outcome.fault for _, outcome in outcomes if outcome.fault)),
        )


def _format_report(pilots: int, outcomes: Sequence[Outcome]) -> FormatReport:
    accepted = [outcome for outcome in outcomes if outcome.is_accepted]
    return FormatReport(
        pilots,
        len(outcomes),
        sum(len(outcome.shipment.fixes) for outcome in outcomes),
        len(accepted),
        sum(len(outcome.shipment.fixes) for outcome in accepted),
    )
