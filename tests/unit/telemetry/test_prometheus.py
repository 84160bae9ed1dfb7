"""What /metrics tells."""

from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families

from racecontrol.domain.intake import BreakerState, IntakeStatus
from racecontrol.telemetry.prometheus import render
from racecontrol.telemetry.snapshot import Snapshot
from tests.desk.snapshots import during_start, make_snapshot, server_down

_CONVENTIONAL = re.compile(r"racecontrol_[a-z]+(_[a-z]+)*")


OPEN = IntakeStatus(BreakerState.OPEN, spool_items=3, spool_points=300, oldest_age_s=12.5)


def samples(snapshot: Snapshot, intake: IntakeStatus | None = None) -> dict[tuple[str, ...], float]:
    """Every sample of a scrape by its name and label values."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(render(snapshot, intake).decode())
        for sample in family.samples
    }


def test_queues_are_told_by_label() -> None:
    """Depths and counters of each queue, as the snapshot has them."""
    snapshot = during_start()
    live = snapshot.queues[0].stats
    told = samples(snapshot)

    assert told["racecontrol_queue_ready_items", live.queue] == live.ready
    assert told["racecontrol_queue_in_points_total", live.queue] == live.points_in
    assert told["racecontrol_server_up",] == 1


def test_names_follow_the_conventions() -> None:
    """Ours by prefix, lower case, and each with its help."""
    families = list(text_string_to_metric_families(render(during_start()).decode()))

    assert all(_CONVENTIONAL.fullmatch(family.name) and family.documentation for family in families)
    assert all(
        sample.name.endswith("_total") for one in families for sample in one.samples if one.type == "counter"
    )


def test_unknown_values_are_left_out() -> None:
    """No baseline was measured: no series, not a zero."""
    assert ("racecontrol_pipeline_saved_seconds",) not in samples(make_snapshot())


def test_a_server_that_is_away_leaves_no_old_values() -> None:
    """Only that it is away, and for how long."""
    told = samples(server_down())

    assert told["racecontrol_server_up",] == 0
    assert {name for name, *_ in told} == {"racecontrol_server_up", "racecontrol_server_stale_seconds"}


def test_the_spool_is_told_while_the_server_is_away() -> None:
    """Then most of all: by the process that answers, of itself."""
    told = samples(server_down(), OPEN)

    assert told["racecontrol_intake_breaker_open",] == 1
    assert told["racecontrol_intake_spool_points",] == 300
    assert told["racecontrol_intake_spool_oldest_seconds",] == 12.5
