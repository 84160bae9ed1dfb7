"""The intake bench measures two services that both do the work."""

from __future__ import annotations

import pytest

from racecontrol.bench.intake import PEER
from racecontrol.bench.intake_load import Load, request_bytes
from racecontrol.bench.intake_peer import peer_app
from racecontrol.bench.result import OURS
from racecontrol.bench.run import Plan, run_bench
from racecontrol.errors import ConfigError
from racecontrol.formats.tracker_writer import live_body
from racecontrol.server.client import ServerClient
from tests.builders import make_fixes


async def test_intake_bench_measures_every_scenario() -> None:
    """Uploads, live bodies of 100 and of one point, each accepted by both."""
    _, results = await run_bench(Plan("intake", rounds=1, scale=0.01))

    assert [(result.points, result.items) for result in results] == [(1000, 1), (2000, 20), (40, 40)]
    assert all({PEER, OURS} == set(result.seconds) for result in results)


async def test_intake_bench_leaves_other_servers_alone() -> None:
    """It empties the queues between its rounds."""
    with pytest.raises(ConfigError, match="emptied"):
        await run_bench(Plan("intake", redis_url="redis://localhost:6379"))


def test_peer_has_the_routes_that_are_measured(client: ServerClient) -> None:
    """Under the paths of the system replaced."""
    paths = peer_app(client, "key").openapi()["paths"]

    assert {"/api/v2/live/add_live_track_points", "/api/v2/uploads/process"} <= set(paths)


async def test_load_refuses_to_measure_a_refusal() -> None:
    """A service that is not there, or answers anything but 202, gives no figure."""
    with pytest.raises(OSError, match="Connect call failed"):
        await Load.connect("http://127.0.0.1:1", [[request_bytes("/", live_body(make_fixes()))]])
