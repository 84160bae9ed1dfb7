"""That the dashboard and the alert rules in deploy/ ask for what there is, and show it."""

from __future__ import annotations

import argparse
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from racecontrol.commands.serve import add_arguments
from racecontrol.domain.baseline import Baseline
from racecontrol.domain.depth import Occasion
from racecontrol.domain.operation import Method
from racecontrol.store.sqlite import SqliteStore
from tests.desk.snapshots import during_start
from tests.unit.store.test_reports import NOON_MS, make_depth, make_operation
from tests.unit.telemetry.test_prometheus import OPEN, samples

DEPLOY = Path(__file__).parents[3] / "deploy"
ALERTS = (DEPLOY / "prometheus-alerts.yml").read_text()
PANELS: list[dict[str, Any]] = json.loads((DEPLOY / "grafana-dashboard.json").read_text())["panels"]

COLUMNS = {
    "Batch size": ("time", "queue", "method", "average_items", "max_items"),
    "Duration by method": ("time", "method", "average_ms"),
    "Points a second by method": ("time", "method", "points_per_s"),
    "Insertion rate": ("time", "points_per_s"),
    "Pipeline share": ("time", "pipelined_share"),
    "Latency saved": ("time", "saved_s"),
    "Queue depth": ("time", "queue", "max_ready"),
    "Queue depth around competition mode": ("time", "queue", "ready_before", "max_ready", "ready_after"),
}
"""What each panel that reads the store shows."""

SERIES = ("queue", "method")
"""Columns that tell one line of a graph from another."""

TARGETS = [
    (panel["title"], target) for panel in PANELS for target in panel["targets"] if "queryText" in target
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Two minutes of two queues and all methods, a measured baseline, competition mode on and off."""
    with SqliteStore(tmp_path / "rc.db") as store:
        for at_s in (0, 60):
            store.record([make_operation(at_s, method) for method in Method])
            store.record([make_operation(at_s, Method.DEQUEUE, new_count=500)])
            store.record([make_operation(at_s, method, queue="upload_points") for method in Method])
        for at_s, occasion in ((0, Occasion.ON), (30, Occasion.MINUTE), (60, Occasion.OFF)):
            store.record_depths([make_depth(at_s, 100, occasion)], Baseline(NOON_MS, 5.0, 0.0))
    with closing(sqlite3.connect(tmp_path / "rc.db")) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_dashboard_and_alerts_ask_for_metrics_that_exist() -> None:
    """Every name in either file is one of a scrape's."""
    expressions = [target.get("expr", "") for panel in PANELS for target in panel["targets"]]
    expressions += re.findall(r"expr: (.*)", ALERTS)
    names = set(re.findall(r"racecontrol_[a-z_]+", " ".join(expressions)))
    assert names
    assert names <= {name for name, *_ in samples(during_start(), OPEN)}


def test_every_panel_of_the_store_is_listed() -> None:
    """One that is added without its columns here would go unchecked."""
    assert {title for title, _ in TARGETS} == set(COLUMNS)


@pytest.mark.parametrize(("title", "target"), TARGETS, ids=[title for title, _ in TARGETS])
def test_a_panel_shows_what_is_in_the_ledger(
    database: sqlite3.Connection, title: str, target: dict[str, Any]
) -> None:
    """Its columns, a value in each; of a line one value a time, else Grafana would show one of them."""
    bounds = {"$__from": str(NOON_MS - 60_000), "$__to": str(NOON_MS + 180_000)}
    query = re.sub(r"\$__\w+", lambda found: bounds[found[0]], target["queryText"])
    rows = [dict(row) for row in database.execute(query)]

    points = [(row["time"], *(row[name] for name in SERIES if name in row)) for row in rows]
    assert rows
    assert {tuple(row) for row in rows} == {COLUMNS[title]}
    assert all(None not in row.values() for row in rows)
    assert len(set(points)) == len(points)
    assert target["rawQueryText"] == target["queryText"]


def test_the_example_asks_where_the_service_listens() -> None:
    """At the port that `serve` takes where none is given."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)

    assert f":{parser.parse_args([]).port}" in ALERTS
