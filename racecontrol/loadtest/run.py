"""One load test: send it all, then check the store."""

from __future__ import annotations

import asyncio
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from racecontrol.domain.clock import SYSTEM_CLOCK, Clock
from racecontrol.loadtest.check import StoreCheck, check_store
from racecontrol.loadtest.client import LoadClient, Outcome, open_load_client
from racecontrol.loadtest.plan import Shipment, Trackers, Uploads, tracker_shipments, upload_shipments
from racecontrol.store.base import Store

_MOST_CONNECTIONS: Final = 500


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send to. store: what is checked afterwards, None where it cannot be reached."""

    url: str
    token: str
    race_id: str
    store: Store | None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load test did. seconds: from the first body sent to the last answer; latencies: of answers.

    errors: requests by what went wrong. check: None where no store was at hand.
    """

    sent: int
    accepted: int
    points_sent: int
    points_accepted: int
    seconds: float
    points_per_s: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    errors: Mapping[str, int]
    check: StoreCheck | None


async def run_load(plan: Uploads | Trackers, target: Target, clock: Clock = SYSTEM_CLOCK) -> LoadReport:
    """Send the plan's bodies, made beforehand, and check the store. Raises: StoreError."""
    run, until_ms = uuid4().hex[:6], clock.now_ms()
    if isinstance(plan, Uploads):
        shipments = upload_shipments(plan, target.race_id, run, until_ms)
        connections = plan.at_once
    else:
        shipments = tracker_shipments(plan, target.race_id, run, until_ms)
        connections = min(plan.trackers, _MOST_CONNECTIONS)
    async with open_load_client(target.url, target.token, connections) as client:
        began_s = clock.monotonic_s()
        outcomes = await _send(client, plan, shipments, began_s)
        seconds = clock.monotonic_s() - began_s
    check = None
    if target.store is not None:
        check = await check_store(target.store, target.race_id, outcomes, clock)
    return _report(outcomes, seconds, check)


async def _send(
    client: LoadClient, plan: Uploads | Trackers, shipments: Sequence[Shipment], began_s: float
) -> list[Outcome]:
    if isinstance(plan, Trackers):
        return list(await asyncio.gather(*(client.post_at(began_s, one) for one in shipments)))
    waiting = list(reversed(shipments))
    outcomes: list[Outcome] = []

    async def uploader() -> None:
        while waiting:
            outcomes.append(await client.post(waiting.pop()))

    async with asyncio.TaskGroup() as group:
        for _ in range(min(plan.at_once, len(shipments))):
            group.create_task(uploader())
    return outcomes


def _report(outcomes: Sequence[Outcome], seconds: float, check: StoreCheck | None) -> LoadReport:
    accepted = [one for one in outcomes if one.is_accepted]
    points = sum(len(one.shipment.fixes) for one in accepted)
    ms = sorted(one.latency_s * 1000 for one in outcomes) or [0.0]
    return LoadReport(
        sent=len(outcomes),
        accepted=len(accepted),
        points_sent=sum(len(one.shipment.fixes) for one in outcomes),
        points_accepted=points,
        seconds=seconds,
        points_per_s=points / seconds if seconds else 0.0,
        p50_ms=statistics.median(ms),
        p99_ms=ms[min(len(ms) - 1, int(len(ms) * 0.99))],
        max_ms=ms[-1],
        errors=dict(Counter(one.fault for one in outcomes if one.fault)),
        check=check,
    )
