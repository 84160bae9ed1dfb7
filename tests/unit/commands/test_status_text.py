"""The table of `status`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from racecontrol.commands.status_text import WIDTH, status_text
from racecontrol.domain.intake import BreakerState
from racecontrol.telemetry.snapshot import IntakesView, Snapshot
from tests.desk.snapshots import after_start, during_start, make_queue, make_snapshot, server_down


@pytest.mark.parametrize("snapshot", [make_snapshot(), during_start(), after_start(), server_down()])
def test_text_fits_eighty_columns_without_colour(snapshot: Snapshot) -> None:
    """No line is wider than a terminal, and none holds an escape."""
    text = status_text(snapshot)

    assert max(map(len, text.splitlines())) <= WIDTH
    assert "\x1b" not in text


def test_text_aligns_numbers_under_their_names() -> None:
    """Numbers end where their column's name ends, whatever they are."""
    head, first, second = status_text(during_start()).splitlines()[:3]

    assert first[: head.index("READY") + 5].endswith(" 137")
    assert second[: head.index("READY") + 5].endswith(" 120")
    assert first[: head.index("DRAIN") + 5].endswith("grows")


def test_text_shows_only_lanes_with_traffic() -> None:
    """A lane without items and without rates takes no line."""
    text = status_text(during_start())

    assert "  race " in text
    assert "  sos " not in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"drain_s": 12.4}, "12 s"), ({"is_growing": True}, "grows"), ({}, "steady")],
)
def test_text_says_where_a_queue_is_heading(changes: dict[str, Any], said: str) -> None:
    """A drain time is seconds, steady or grows."""
    snapshot = make_snapshot(queues=(make_queue(depth=5, **changes),))

    assert status_text(snapshot).splitlines()[1].endswith(said)


def test_text_says_that_a_server_is_not_durable() -> None:
    """A server that can lose points is named so in words."""
    snapshot = make_snapshot()
    lossy = replace(snapshot, server=replace(snapshot.server, is_durable=False))

    assert "NOT DURABLE" in status_text(lossy)


def test_text_says_that_the_server_is_away() -> None:
    """With the server away the text says why, and how old the rest is."""
    assert "does not answer" in status_text(server_down())
    assert "connection refused" in status_text(server_down())


def test_text_tells_what_waits_on_disk() -> None:
    """The breaker and the spool have a line where any process takes points in."""
    intakes = IntakesView(2, BreakerState.OPEN, "no answer", 3, 300, 12.4)
    lines = status_text(make_snapshot(intakes=intakes)).splitlines()

    assert "intake    2 alive, breaker open, 3 items spooled, oldest 12 s" in lines
