"""`racecontrol replay R42 --http`: a race as its trackers would send it, to a real service."""

from __future__ import annotations

import re
import signal
import socket

import pytest

from tests.e2e.cli import Cli
from tests.e2e.test_serve import serving
from tests.server.tools import wait_for


def test_every_wire_format_reaches_the_store(cli: Cli) -> None:
    """What the service accepted is stored once, whichever format it came in; told by format."""
    token = cli("token", "issue", "--race", "R42").stdout.strip()
    # A step waits for the batcher's timer, and there are sixty.
    cli.environment["RACECONTROL_BATCH_WAIT_MS"] = "5"
    service = cli.start("serve", "--port", "0")
    try:
        assert service.stderr is not None
        url = next(found[1] for line in service.stderr if (found := re.search(r"serving at (\S+)", line)))
        report = cli.json("replay", "R42", "--http", url, "--token", token, "--speed", "max")
        stored = cli.json("work", "--until-empty")
    finally:
        service.terminate()
        service.communicate()

    formats = report["formats"]
    assert set(formats) == {"live", "optimized", "flymaster", "upload"}
    assert all(one["accepted_points"] == one["points"] > 0 for one in formats.values())
    assert stored["new"] == sum(one["points"] for one in formats.values())


def test_an_interrupted_replay_over_http_tells_what_was_accepted(cli: Cli) -> None:
    """In words, with exit code 130."""
    token = cli("token", "issue", "--race", "R42").stdout.strip()
    with serving(cli) as service:
        replaying = cli.start("replay", "R42", "--http", service.url, "--token", token, "--speed", "20")
        live = "live_points"
        wait_for("points arrive", lambda: cli.json("status")["queues"][live]["points_pending"] > 0)
        replaying.send_signal(signal.SIGINT)
        told, _ = replaying.communicate(timeout=30)

    assert replaying.returncode == 130
    assert re.match(r"R42: [\d,]+ of [\d,]+ points accepted, then interrupted\n", told)


def test_a_replay_to_a_mute_service_can_be_interrupted(cli: Cli) -> None:
    """It does not wait for answers that may never come."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        replaying = cli.start("replay", "R42", "--http", url, "--token", "any", "--format", "live")
        sender, _ = mute.accept()
        with sender:
            replaying.send_signal(signal.SIGINT)
            told, _ = replaying.communicate(timeout=20)

    assert replaying.returncode == 130
    assert told.startswith("R42: 0 of 0 points accepted, then interrupted\n")


@pytest.mark.parametrize("arguments", [("--http", "http://127.0.0.1:1"), ("--http", "x", "--format", "igc")])
def test_a_replay_over_http_wants_a_token_and_a_format_it_knows(cli: Cli, arguments: tuple[str, ...]) -> None:
    """Usage errors."""
    assert cli("replay", "R42", *arguments).returncode == 2
