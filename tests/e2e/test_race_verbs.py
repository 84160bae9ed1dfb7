"""`race start`, `race recall`, `mode` and `replay`, as a script calls them."""

from __future__ import annotations

import json
import shutil

import pytest

from racecontrol.server.launcher import server_status
from tests.e2e.cli import Cli
from tests.fixture_races import expected_of


def test_start_answers_with_one_json_document(cli: Cli) -> None:
    """With --json stdout holds the report and nothing else."""
    report = cli.json("race", "start", "R42", "--yes")

    expected = expected_of()
    assert (report["points"], report["flights_queued"]) == (expected["points"], expected["flights_queued"])
    assert [one["bib"] for one in report["rejected"]] == expected["rejected"]
    assert (report["priority"], report["operator"], report["durable"]) == (1000, "MJ", True)


def test_start_and_status_tell_what_is_wrong_with_the_races_files(cli: Cli) -> None:
    """Each problem on stderr, by file and line; the pilots that can be read are started."""
    started = cli("race", "start", "ODD-BROKEN", "--yes", "--json")

    assert (started.returncode, json.loads(started.stdout)["flights_queued"]) == (0, 1)
    problems = [line for line in started.stderr.splitlines() if line.startswith("problem: ODD-BROKEN/")]
    assert len(problems) == 7
    status = cli.json("status", "--race", "ODD-BROKEN")
    assert status["race"]["problems"] == 7
    assert "7 problems in ODD-BROKEN's files" in [alert["text"] for alert in status["alerts"]]


def test_second_start_prints_the_first_report_and_fails(cli: Cli) -> None:
    """Exit code 1, the finished pass's report on stdout, who and when on stderr."""
    first = cli.json("race", "start", "R42", "--yes")

    second = cli("race", "start", "R42", "--yes", "--json")

    assert second.returncode == 1
    assert json.loads(second.stdout) == first
    assert "was started by MJ" in second.stderr


def test_race_is_started_recalled_and_started_again_over_closed_servers(cli: Cli) -> None:
    """Each command starts and stops the server; the race and its points are kept between them."""
    first = cli.json("race", "start", "R42", "--yes")
    recalled = cli.json("race", "recall", "R42", "--yes")
    second = cli.json("race", "start", "R42", "--yes")

    assert recalled["withdrawn_points"] == first["points"]
    assert (second["pass"], second["points"]) == (2, first["points"])


@pytest.mark.parametrize("verb", ["start", "recall"])
def test_changing_a_race_wants_yes_where_nobody_can_be_asked(cli: Cli, verb: str) -> None:
    """Without a terminal and without --yes nothing is done."""
    refused = cli("race", verb, "R42")

    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert not cli.data_dir.exists()


def test_unknown_race_names_the_races_there_are(cli: Cli) -> None:
    """Exit code 4, and what could have been meant."""
    refused = cli("race", "start", "R99", "--yes")

    assert refused.returncode == 4
    assert "R42" in refused.stderr


def test_unreachable_server_is_exit_code_3(cli: Cli) -> None:
    """A server of one's own that is not there is said in words."""
    refused = cli("race", "start", "R42", "--yes", "--redis-url", "redis://127.0.0.1:1")

    assert refused.returncode == 3
    assert "127.0.0.1:1" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_no_command_leaves_a_server_running(cli: Cli) -> None:
    """The last one out stops the server."""
    cli.json("race", "start", "R42", "--yes")

    assert not server_status(cli.data_dir / "server").is_up


def test_competition_mode_is_kept(cli: Cli) -> None:
    """What one command switches on, the next one sees, with who did it."""
    cli("mode", "competition", "on")

    mode = cli.json("mode", "competition")

    assert (mode["competition"], mode["operator"]) == (True, "MJ")


def test_replay_wants_a_started_race(cli: Cli) -> None:
    """Points after the gun of a race that was not started would tell of a start that never was."""
    refused = cli("replay", "R42", "--speed", "max")

    assert refused.returncode == 1
    assert "start the race first" in refused.stderr


def test_who_started_is_known_when_the_servers_data_is_gone(cli: Cli) -> None:
    """Every command leaves its entries in the store, where `race log` reads them without a server."""
    cli("mode", "competition", "on")
    cli.json("race", "start", "R42", "--yes")
    shutil.rmtree(cli.data_dir / "server")

    log = cli.json("race", "log", "R42")
    lines = cli("race", "log").stdout.splitlines()

    told = [(entry["race"], entry["operator"], entry["what"]) for entry in log]
    assert (told[0][:2], told[-1]) == ((None, "MJ"), ("R42", "MJ", "started"))
    assert f"{expected_of()['points']:,} points" in log[-1]["why"]
    assert "  R42           started: " in lines[-1]
    assert not (cli.data_dir / "server").exists()


def test_an_empty_race_log_says_so(cli: Cli) -> None:
    """With exit code 0."""
    done = cli("race", "log")

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "",
        "nothing of any race is in the store's race log\n",
    )
