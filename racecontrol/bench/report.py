"""A bench's results, for people and for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from racecontrol.bench.result import Check, Measured
from racecontrol.bench.rig import Rig
from racecontrol.domain.clock import SYSTEM_CLOCK


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where and how it was measured: no figure means anything without.

    server, fsync: "" where no server took part. round_trip_ms: of a PING, median of 200.
    """

    bench: str
    rounds: int
    scale: float
    python: str
    machine: str
    cores: int
    server: str = ""
    way: str = ""
    fsync: str = ""
    round_trip_ms: float | None = None

    @classmethod
    def of_machine(cls, bench: str, rounds: int, scale: float) -> Self:
        """Those of a bench without a server."""
        return cls(bench, rounds, scale, platform.python_version(), platform.machine(), os.cpu_count() or 1)

    @classmethod
    async def of_rig(cls, bench: str, rig: Rig, scale: float) -> Self:
        """Those of a bench on a server. Cost: 200 round trips."""
        told = await rig.client.commands.info()
        version = told.get("valkey_version") or told["redis_version"]
        fsync = (await rig.client.commands.config_get("appendfsync"))["appendfsync"]
        here = cls.of_machine(bench, rig.rounds, scale)
        round_trips_ms = []
        for _ in range(200):
            began_s = SYSTEM_CLOCK.monotonic_s()
            await rig.client.commands.ping()
            round_trips_ms.append((SYSTEM_CLOCK.monotonic_s() - began_s) * 1000)
        way = "unix socket" if rig.url.startswith("unix") else "TCP"
        return cls(
            **asdict(here)
            | {
                "server": f"{told.get('server_name', 'redis')} {version}",
                "way": way,
                "fsync": fsync if told.get("aof_enabled") else "none",
                "round_trip_ms": sorted(round_trips_ms)[100],
            }
        )

    def in_words(self) -> str:
        """One line for people."""
        words = [f"bench {self.bench}: medians of {self.rounds}", f"Python {self.python}"]
        words.append(f"{self.cores} cores {self.machine}")
        if self.server:
            words += [self.server, self.way, f"appendfsync {self.fsync}", f"PING {self.round_trip_ms:.3f} ms"]
        if self.scale != 1:
            words.append(f"scale {self.scale:g}: too small to mean anything" if self.scale < 1 else "")
        return ", ".join(words)


def document(conditions: Conditions, results: Sequence[Measured]) -> dict[str, Any]:
    """One JSON document of everything."""
    return {"conditions": asdict(conditions), "results": [result.document() for result in results]}


def in_words(conditions: Conditions, results: Sequence[Measured]) -> str:
    """A block a scenario: every method with its ratio to the first, then the goals."""
    return "\n\n".join([conditions.in_words(), *map(_block, results)])


def _block(result: Measured) -> str:
    size = f"{result.points:,} points in {result.items:,} items"
    lines = [f"{result.name}: {size}"]
    first = next(iter(result.seconds.values()), None)
    for method, seconds in result.seconds.items():
        rate = result.points / seconds / 1e6
        lines.append(
            f"  {method:<34}{seconds * 1000:10.2f} ms{rate:9.2f} M points/s{(first or 0) / seconds:8.1f} x"
        )
    lines += [f"  {_check_line(check)}" for check in result.checks]
    lines += [f"  ({note})" for note in result.notes]
    return "\n".join(lines)


def _check_line(check: Check) -> str:
    mark = "++" if check.is_stretched else "ok" if check.is_met else "NO"
    goal = check.goal
    sign = "at most" if goal.is_most else "at least"
    stretch = "" if goal.stretch is None else f", stretch {goal.stretch:g}"
    return f"[{mark}] {goal.name}: {check.value:.3g} {goal.unit} ({sign} {goal.bar:g}{stretch})"
