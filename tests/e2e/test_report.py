"""`racecontrol report`, as an operator and a script would use it."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

from tests.e2e.cli import Cli
from tests.fixture_races import expected_of


@pytest.fixture
def raced(cli: Cli) -> Cli:
    """A site in which R42 was started in competition mode and stored."""
    cli.json("mode", "competition", "on")
    cli.json("race", "start", "R42", "--yes")
    cli.json("work", "--until-empty")
    cli.json("mode", "competition", "off")
    return cli


def test_report_tells_what_every_process_did(raced: Cli) -> None:
    """The start's one call, the worker's batches, and the depths around competition mode."""
    report = raced.json("report", "--since", "15m", "--race", "R42")
    methods = {one["method"]: one for one in report["methods"]}
    points = expected_of()["points"]

    assert (methods["pipeline"]["operations"], methods["pipeline"]["points"]) == (1, points)
    assert methods["dequeue"]["points"] == report["insertion"]["points"] == points
    assert report["pipeline"]["pipelined_share"] == 1
    assert {one["queue"] for one in report["competition"]} >= {"live_points", "upload_points"}

    lines = list(csv.DictReader(io.StringIO(raced("report", "--csv").stdout)))
    assert (
        max(int(line["max_items"]) for line in lines if line["method"] == "pipeline")
        == methods["pipeline"]["items"]
    )

    words = raced("report").stdout
    assert re.search(r"100% of 1 enqueue calls; a single call takes \d+\.\d+ ms, saved ", words)
    assert json.dumps(raced.json("report", "--race", "R9")["methods"]) == "[]"


@pytest.mark.parametrize("span", ["1", "8d", "0h", "soon"])
def test_an_impossible_span_is_a_usage_error(cli: Cli, span: str) -> None:
    """With what is possible."""
    done = cli("report", "--since", span)

    assert done.returncode == 2
    assert "up to 7d" in done.stderr
