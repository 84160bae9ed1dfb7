"""What a queue's row says."""

from __future__ import annotations

import pytest

from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.details import queue_detail
from racecontrol.desk.lines.queues import queue_lines
from racecontrol.desk.lines.signs import UNICODE
from racecontrol.domain.priority import LIVE_POINTS, UPLOAD_POINTS
from tests.desk.snapshots import during_start, make_queue, make_stats


def row(**changes: object) -> str:
    return plain(queue_lines([make_queue(LIVE_POINTS, 20, **changes)], 116, UNICODE)[1:])


def test_a_rate_that_cannot_be_told_is_a_dash() -> None:
    """No rate is assumed after the first sample or a counter that went down."""
    assert "  -" in row(in_rate=None, out_rate=None, out_items_rate=None)


def test_a_growing_queue_says_so() -> None:
    """DRAIN is a word where it never ends."""
    assert "grows" in row(is_growing=True)


def test_a_draining_queue_says_how_long() -> None:
    """DRAIN is seconds where it ends."""
    assert "3.2 s" in row(drain_s=3.2)


def test_a_paused_queue_says_so() -> None:
    """A pause is told by a word and a sign."""
    line = row(stats=make_stats(ready=20, is_paused=True))

    assert line.startswith("‖")
    assert "paused" in line


def test_a_queue_over_its_limit_has_a_mark() -> None:
    """The alarm is a sign, not colour alone."""
    lines = plain(queue_lines(during_start().queues, 116, UNICODE)).splitlines()

    assert [f"! {UPLOAD_POINTS}"] == [line[: len(UPLOAD_POINTS) + 2] for line in lines if line[0] == "!"]


def test_unfolded_lanes_stand_under_their_queue() -> None:
    """Lanes show what of a queue is the race's."""
    lines = plain(queue_lines(during_start().queues, 116, UNICODE, unfolded=(LIVE_POINTS,))).splitlines()

    assert "race 1000+" in lines[3]
    assert "120" in lines[3]


def test_the_queue_dialog_counts_dead_letters() -> None:
    """The dialog of a queue has the counters that the panel has no room for."""
    upload = during_start().queues[2]

    assert "Dead letters  3" in plain(queue_detail(upload, 66, UNICODE))


@pytest.mark.parametrize("width", [54, 58, 66, 74, 96, 116])
def test_no_column_of_a_queue_is_cut(width: int) -> None:
    """The least important columns go where it is narrow; depth, dequeue rate and dead letters stay."""
    lines = queue_lines(during_start().queues, width, UNICODE)

    assert max(map(line_width, lines)) <= width
    assert {"DEPTH", "DEQUEUE", "DEAD"} <= set(plain(lines[:1]).split())
