"""Points over HTTP: the intake replaced and `racecontrol serve`, on one queue server, under one client.

Both answer 202 only when the queue server has the points. Nobody stores them meanwhile.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from racecontrol.bench.intake_load import Load, request_bytes
from racecontrol.bench.intake_peer import KEY, REDIS_URL
from racecontrol.bench.result import OURS, Goal, Measured, times_faster
from racecontrol.bench.rig import Method, Rig
from racecontrol.bench.workload import make_flights, scaled
from racecontrol.control.serve_process import serving
from racecontrol.control.tokens import DAY_MS, Signer, token_key
from racecontrol.control.workers import environment_of
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.sender import SenderKind
from racecontrol.formats.tracker_writer import live_body, upload_body
from racecontrol.settings import load_settings

PEER: Final = "replaced: FastAPI, pydantic, JSON, ZADD"
UPLOADERS: Final = 50
TRACKERS: Final = 100
"""Connections, each with one request under way: a tracker a pilot, and a race has 100 to 150."""

_LIVE: Final = "/api/v2/live/add_live_track_points"
_UPLOAD: Final = "/api/v2/uploads/process"
_RACE: Final = "BENCH"
"""A race that no folder tells of: bibs of a race that is known would be looked up, and counted if unknown."""


@dataclass(frozen=True, slots=True)
class _Scenario:
    """One scenario: `bodies` bodies of `points` points on `connections` connections."""

    name: str
    path: str
    bodies: int
    points: int
    connections: int
    goal: Goal


_SCENARIOS: Final = (
    _Scenario("uploads", _UPLOAD, 50, 1000, UPLOADERS, Goal("times the replaced", "x", 6)),
    _Scenario("live bodies", _LIVE, 2000, 100, TRACKERS, Goal("times the replaced", "x", 3.5)),
    _Scenario("live bodies", _LIVE, 4000, 1, TRACKERS, Goal("times the replaced", "x", 4)),
)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both services. tokens: one a connection, so that no sender's limit is met."""

    peer_url: str
    our_url: str
    tokens: tuple[str, ...]


async def measure_intake(rig: Rig, scale: float) -> list[Measured]:
    """Every scenario, `scale` times its bodies. The rig's server must be the bench's own: it is emptied."""
    async with _both(rig) as pair:
        return [await _measured(rig, pair, one, scaled(one.bodies, scale)) for one in _SCENARIOS]


@asynccontextmanager
async def _both(rig: Rig) -> AsyncIterator[_Pair]:
    peer = (sys.executable, "-m", "racecontrol.bench.intake_peer")
    told = {REDIS_URL: rig.url, KEY: rig.replaced_key}
    with TemporaryDirectory(prefix="rc-bench-", ignore_cleanup_errors=True) as folder:
        settings = load_settings({"data_dir": Path(folder), "redis_url": rig.url})
        signer = Signer(token_key(settings))
        issued = (signer.issue(SenderKind.RACE, DAY_MS, race_id=_RACE) for _ in range(TRACKERS))
        tokens = tuple(text for text, _ in issued)
        async with serving(told, peer) as peer_url, serving(environment_of(settings)) as our_url:
            yield _Pair(peer_url, our_url, tokens)


async def _measured(rig: Rig, pair: _Pair, scenario: _Scenario, bodies: int) -> Measured:
    connections = min(scenario.connections, bodies)
    rounds = count(1)

    def lanes(tokens: Sequence[str]) -> list[list[bytes]]:
        return _lanes(scenario, bodies, connections, tokens, next(rounds))

    def method(url: str, tokens: Sequence[str]) -> Method:
        ready: list[Load] = []

        async def prepare() -> None:
            await rig.clear_site()
            ready.append(await Load.connect(url, lanes(tokens)))

        async def work() -> None:
            await ready.pop().send_all()

        return Method(work, prepare)

    blank = [""] * connections
    seconds = await rig.measure({PEER: method(pair.peer_url, blank), OURS: method(pair.our_url, pair.tokens)})
    await rig.clear_site()
    points = bodies * scenario.points
    rates = ", ".join(f"{name}: {bodies / taken_s:,.0f} requests/s" for name, taken_s in seconds.items())
    checks = (times_faster(scenario.goal, seconds, PEER),)
    return Measured(f"{scenario.name} of {scenario.points:,}", points, bodies, seconds, checks, (rates,))


def _lanes(
    scenario: _Scenario, bodies: int, connections: int, tokens: Sequence[str], round_number: int
) -> list[list[bytes]]:
    """Whole requests by connection. Every round has times of its own, so that no body is a repeat."""
    now_ms = SYSTEM_CLOCK.now_ms() // 1000 * 1000
    lanes: list[list[bytes]] = [[] for _ in range(connections)]
    for number in range(bodies):
        fixes = _body_fixes(scenario.points, number, now_ms, round_number)
        body = upload_body(fixes) if scenario.path == _UPLOAD else live_body(fixes)
        lane = number % connections
        lanes[lane].append(request_bytes(scenario.path, body, tokens[lane]))
    return lanes


def _body_fixes(points: int, number: int, now_ms: int, round_number: int) -> Fixes:
    """The flight's last points before now, a little apart from every other body's."""
    flight = _flights(points)[number % _FLIGHTS]
    shift_ms = now_ms - int(flight.time_ms[-1]) - (number // _FLIGHTS + round_number * 100) * 1000
    return Fixes(
        Flight(f"{_RACE}/{flight.flight.bib}", _RACE, flight.flight.bib, "bench"),
        flight.time_ms + shift_ms,
        flight.lat_e7,
        flight.lon_e7,
        flight.gnss_alt_m,
        flight.pressure_alt_m,
    )


_FLIGHTS: Final = 50
_made: dict[int, list[Fixes]] = {}


def _flights(points: int) -> list[Fixes]:
    if points not in _made:
        _made[points] = make_flights(_FLIGHTS, points)
    return _made[points]
