"""`racecontrol serve` as an operator runs it."""

from __future__ import annotations

import json
import stat
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.cli import Cli

LIVE = "/api/v2/live/add_live_track_points"
BODY = {
    "flight_id": "R42/118",
    "track_points": [{"lat": 45.9, "lon": 6.2, "datetime": "2026-05-26T11:00:00Z"}],
}


class Running:
    """A service of the command line."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    @property
    def memory_kb(self) -> int:
        """Resident memory of the service."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

    def ask(self, method: str, path: str, token: str, body: object = None) -> tuple[int, Any]:
        """Status and document."""
        sent = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, sent, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.load(refused)


@contextmanager
def serving(cli: Cli, *arguments: str) -> Iterator[Running]:
    """`serve` on any port, until the block ends."""
    process = cli.start("serve", "--port", "0", *arguments)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert line.startswith("serving at http://127.0.0.1:"), line
        yield Running(process, line.split()[2])
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_points_of_two_serving_processes_are_stored(cli: Cli) -> None:
    """With a token of the command line; SIGTERM drains both, exit code 0."""
    token = cli.json("token", "issue", "--race", "R42", "--bib", "118")["token"]

    with serving(cli, "--processes", "2") as service:
        status, answer = service.ask("POST", LIVE, token, BODY)
    stored = cli.json("work", "--until-empty")

    assert (status, answer["points"], stored["new"]) == (202, 1, 1)
    assert service.process.returncode == 0


def test_the_operators_token_waits_in_a_file(cli: Cli) -> None:
    """For its owner alone; it starts a race, which the log shows under the operator's name."""
    with serving(cli) as service:
        path = cli.data_dir / "operator.token"
        status, report = service.ask("POST", "/api/v2/races/R42/start", path.read_text().strip())
        again, problem = service.ask("POST", "/api/v2/races/R42/start", path.read_text().strip())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (status, report["race"], report["operator"]) == (200, "R42", "MJ")
    assert (again, problem["report"]["points"]) == (409, report["points"])


def test_a_token_that_was_revoked_opens_nothing(cli: Cli) -> None:
    """Within a second, in a service that knows it already."""
    issued = cli.json("token", "issue", "--read")
    with serving(cli) as service:
        before, _ = service.ask("GET", "/api/v2/races", issued["token"])
        cli.json("token", "revoke", issued["id"], "--yes")
        while (status := service.ask("GET", "/api/v2/races", issued["token"])[0]) == 200:
            continue

    assert (before, status) == (200, 401)
    assert [one["state"] for one in cli.json("token", "ls") if one["id"] == issued["id"]] == ["revoked"]


def test_a_port_that_is_taken_is_said(cli: Cli) -> None:
    """In words, with exit code 2."""
    with serving(cli) as service:
        done = cli("serve", "--port", service.url.rpartition(":")[2])

    assert (done.returncode, "give another --host or --port" in done.stderr) == (2, True)
