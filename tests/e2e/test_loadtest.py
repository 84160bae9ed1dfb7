"""`racecontrol loadtest` against a service that it starts itself."""

from __future__ import annotations

import pytest

from tests.e2e.cli import Cli


def test_live_points_are_all_stored(cli: Cli) -> None:
    """Every accepted point is in the store, once, and its own service leaves nothing behind."""
    arguments = ("--trackers", "10", "--rate", "10", "--seconds", "0.5", "--points", "3")
    report = cli.json("loadtest", *arguments)

    assert (report["accepted"], report["points_accepted"], report["errors"]) == (50, 150, {})
    assert (report["check"]["clean"], report["check"]["stored"]) == (True, 150)
    assert not (cli.data_dir / "server").exists()


@pytest.mark.parametrize(
    "arguments", [("--url", "http://127.0.0.1:1"), ("--uploads", "0"), ("--rate", "nan")]
)
def test_what_cannot_be_done_is_a_usage_error(cli: Cli, arguments: tuple[str, ...]) -> None:
    """A service without a token, no uploads, no rate."""
    assert cli("loadtest", *arguments).returncode == 2
