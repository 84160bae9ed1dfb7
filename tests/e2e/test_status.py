"""`status`, as a script and a person call it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from racecontrol.server.binary import BINARY_VARIABLE, find_binary
from racecontrol.server.launcher import server_status
from tests.e2e.cli import Cli
from tests.fixture_races import expected_of
from tests.server.embedded import process_id


def test_status_shows_what_a_closed_site_holds(cli: Cli) -> None:
    """The server is started to be looked at, shows the data on disk, and is stopped again."""
    expected = expected_of()
    cli("race", "start", "R42", "--yes")

    document = cli.json("status", "--race", "R42")

    live = document["queues"]["live_points"]
    assert (live["ready"], live["points_pending"]) == (expected["flights_queued"], expected["points"])
    assert (live["lanes"]["race"]["ready"], live["in_rate"]) == (expected["flights_queued"], 0.0)
    assert (document["race"]["state"], document["race"]["started_by"]) == ("running", "MJ")
    assert document["pipeline"]["speedup"] > 0
    assert not server_status(cli.data_dir / "server").is_up


def test_status_is_a_table_for_people(cli: Cli) -> None:
    """Without --json the answer is a table of at most 80 columns."""
    done = cli("status")

    assert done.returncode == 0
    assert done.stdout.startswith("QUEUE")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_watch_gives_a_document_a_line_until_interrupted(cli: Cli) -> None:
    """With --watch --json each line is a document; an interrupt ends it with 130 and stops the server."""
    watching = cli.start("status", "--watch", "--json")
    assert watching.stdout is not None

    documents = [json.loads(watching.stdout.readline()) for _ in range(2)]
    watching.send_signal(signal.SIGINT)

    with watching:
        watching.communicate(timeout=20)
    assert documents[0]["time"] < documents[1]["time"]
    assert watching.returncode == 130
    assert not server_status(cli.data_dir / "server").is_up


def test_watch_says_once_that_its_server_is_away(cli: Cli, tmp_path: Path) -> None:
    """And once that it is back; between, each snapshot tells it, and no log line does."""
    program = tmp_path / "server-program"
    program.symlink_to(find_binary())
    cli.environment[BINARY_VARIABLE] = str(program)
    watching = cli.start("status", "--watch", "--json")
    with watching:
        documents = map(json.loads, watching.stdout or ())
        next(document for document in documents if document["server"]["up"])
        program.unlink()
        os.kill(process_id(cli.data_dir / "server"), signal.SIGKILL)
        for _ in range(4):
            next(document for document in documents if not document["server"]["up"])
        program.symlink_to(find_binary())
        next(document for document in documents if document["server"]["up"])
        watching.send_signal(signal.SIGINT)
        _, said = watching.communicate(timeout=20)

    away, back = said.splitlines()
    assert away.startswith("the queue server is away: ")
    assert back == "the queue server is back"


def test_status_of_an_unreachable_server_exits_with_three(cli: Cli) -> None:
    """A server of one's own that is not there is exit code 3, in words on stderr."""
    done = cli("status", "--redis-url", f"unix://{cli.data_dir}/none", "--json")

    assert (done.returncode, json.loads(done.stdout)["error"]["code"]) == (3, "server-unavailable")
    assert "does not answer" in done.stderr
