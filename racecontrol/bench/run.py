"""One bench from beginning to end, on a server of its own unless it is given one."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from racecontrol.bench.codec import measure_codec
from racecontrol.bench.dequeue import measure_dequeue
from racecontrol.bench.enqueue import measure_enqueue
from racecontrol.bench.far import measure_far
from racecontrol.bench.intake import measure_intake
from racecontrol.bench.memory import measure_memory
from racecontrol.bench.migrate import measure_migrate
from racecontrol.bench.report import Conditions
from racecontrol.bench.result import Measured
from racecontrol.bench.rig import Rig, open_rig
from racecontrol.bench.start import measure_start
from racecontrol.errors import ConfigError
from racecontrol.server.client import translated
from racecontrol.server.private import private_server

Outcome = tuple[Conditions, list[Measured]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. scale: share of the full numbers. redis_url: None for a server of the bench's own."""

    bench: str
    rounds: int = 5
    scale: float = 1.0
    fsync: str = "always"
    is_tcp: bool = False
    redis_url: str | None = None


async def run_bench(plan: Plan) -> Outcome:
    """Measure it all, and leave nothing behind.

    Raises: ServerUnavailable; StoreError; ConfigError for a server behind TLS.
    """
    if plan.bench == "codec":
        conditions = Conditions.of_machine(plan.bench, plan.rounds, plan.scale)
        return conditions, measure_codec(plan.rounds, plan.scale)
    if plan.redis_url is not None and plan.redis_url.startswith("rediss:"):
        # The ceiling is a bare socket's; with TLS around it, it would be no ceiling.
        raise ConfigError("redis-url: the bench measures without TLS", advice="give redis:// or unix://")
    if plan.bench in _EMPTYING and plan.redis_url is not None:
        raise ConfigError("redis-url: the site's queues are emptied between rounds", advice="leave it away")
    own = private_server(plan.fsync, is_tcp=plan.is_tcp) if plan.redis_url is None else None
    with own or nullcontext(plan.redis_url or "") as url, translated(url):
        async with open_rig(url, plan.rounds) as rig:
            conditions = await Conditions.of_rig(plan.bench, rig, plan.scale)
            return conditions, await _MEASURES[plan.bench](rig, plan.scale)


async def _queue(rig: Rig, scale: float) -> list[Measured]:
    results: list[Measured] = []
    for measure in (measure_enqueue, measure_dequeue, measure_memory, measure_far):
        results += await measure(rig, scale)
    return results


_MEASURES: Final = {
    "queue": _queue,
    "start": measure_start,
    "intake": measure_intake,
    "migrate": measure_migrate,
}
_EMPTYING: Final = ("intake", "migrate")
"""Benches that use the site's own queues, and so a server of their own."""
