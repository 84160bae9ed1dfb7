"""What counts as a cause for an alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from racecontrol.domain.intake import BreakerState
from racecontrol.domain.priority import LIVE_POINTS, UPLOAD_POINTS
from racecontrol.domain.race import PilotState, Problem, RaceState
from racecontrol.telemetry.alerts import Level
from racecontrol.telemetry.findings import SILENT_SHOWN, findings, fold_silent
from racecontrol.telemetry.snapshot import Alert, IntakesView, PilotView, Severity, Snapshot, WorkersView
from tests.desk.snapshots import (
    GUN_MS,
    during_start,
    make_queue,
    make_race,
    make_snapshot,
    make_stats,
    server_down,
)


def raised(snapshot: Snapshot) -> set[str]:
    """Keys of what is raised now."""
    return {finding.key for finding in findings(snapshot) if finding.level is Level.RAISED}


def with_queue(**changes: object) -> Snapshot:
    """Only live_points, with these counters."""
    stats = make_stats(LIVE_POINTS, **changes)
    return make_snapshot(queues=(make_queue(stats=stats),), pilots=())


def test_a_quiet_site_has_no_cause() -> None:
    """Nothing is raised where everything is well."""
    assert raised(make_snapshot(pilots=())) == set()


@pytest.mark.parametrize(
    ("snapshot", "key"),
    [
        (make_snapshot(queues=(make_queue(UPLOAD_POINTS, depth=2001),)), "depth:upload_points"),
        (make_snapshot(queues=(make_queue(oldest_s=31.0),)), "oldest:live_points"),
        (with_queue(dead=1), "dead:live_points"),
        (with_queue(lost_items=2), "lost:live_points"),
        (with_queue(is_paused=True), "paused:live_points"),
        (make_snapshot(intakes=IntakesView(1, BreakerState.OPEN)), "breaker"),
        (make_snapshot(intakes=IntakesView(1, spool_items=3)), "spool"),
        (make_snapshot(workers=WorkersView(1, 2, None)), "few-workers"),
        (make_snapshot(workers=WorkersView(2, 2, None, ("disk full",))), "trouble:disk full"),
        (
            make_snapshot(queues=(make_queue(depth=5),), workers=WorkersView(0, 2, None)),
            "no-worker",
        ),
        (make_snapshot(server=replace(make_snapshot().server, latency_ms=400.0)), "server-slow"),
        (make_snapshot(server=replace(make_snapshot().server, is_durable=False)), "server-lossy"),
        (make_snapshot(server=replace(make_snapshot().server, is_up=False)), "server"),
        (
            make_snapshot(race=make_race(state=RaceState.STARTING, start_silent_s=6.0)),
            "start-stalled",
        ),
        (make_snapshot(race=make_race(clock_ms=GUN_MS, has_own_clock=False)), "gun-passed"),
        (make_snapshot(race=make_race(problems=(Problem("no task"),))), "race-files"),
        (replace(server_down(), race=make_race(problems=(Problem("no task"),))), "race-files"),
    ],
)
def test_cause_is_raised(snapshot: Snapshot, key: str) -> None:
    """Each trouble of a site raises the cause of its name."""
    assert key in raised(snapshot)


@pytest.mark.parametrize(
    "changes",
    [
        {"has_own_clock": True},
        {"pass_number": 2},
        {"state": RaceState.STARTING},
        {"clock_ms": GUN_MS - 1, "state": RaceState.COUNTDOWN},
    ],
)
def test_no_start_is_missed(changes: dict[str, Any]) -> None:
    """By a race of another day, one whose start was recalled, one being started, one whose gun is to come."""
    race = make_race(**{"clock_ms": GUN_MS, "has_own_clock": False} | changes)

    assert "gun-passed" not in raised(make_snapshot(race=race))


def test_paused_queue_needs_no_worker() -> None:
    """Work that waits in a paused queue does not call for workers."""
    snapshot = replace(with_queue(ready=5, is_paused=True), workers=WorkersView(0, 0, None))

    assert "no-worker" not in raised(snapshot)


def test_silent_pilot_is_raised_only_before_the_gun() -> None:
    """A pilot's silence matters in the half hour before the gun, not when the race runs."""
    before = make_snapshot()
    early = make_snapshot(race=make_race(clock_ms=GUN_MS - 31 * 60_000))

    assert "silent:120" in raised(before)
    assert "silent:120" not in raised(early)
    assert "silent:120" not in raised(during_start())


def test_many_silent_pilots_are_folded() -> None:
    """Beyond the first few, silent pilots share one alert that counts them."""
    alerts = [Alert(f"silent:{bib}", Severity.WARNING, f"bib {bib} silent", bib) for bib in range(100)]
    server = Alert("server", Severity.CRITICAL, "down", 0)

    folded = fold_silent([server, *alerts])

    assert [alert.key for alert in folded[: SILENT_SHOWN + 1]] == ["server", *(a.key for a in alerts[:5])]
    assert [alert.text for alert in folded[SILENT_SHOWN + 1 :]] == ["95 more pilots silent"]


def test_nothing_of_the_server_is_raised_while_it_is_away() -> None:
    """With the server away its last known troubles neither rise nor clear."""
    known = during_start()
    away = replace(known, server=replace(known.server, is_up=False))
    levels = {finding.key: finding.level for finding in findings(away)}

    assert levels.pop("server") is Level.RAISED
    assert set(levels.values()) == {Level.BETWEEN}


def test_silent_text_names_bib_and_age() -> None:
    """An alert of a silent pilot says who and for how long."""
    pilot = PilotView("118", "Pilot", PilotState.SILENT, 806.2, None, None, 0)
    [finding] = [one for one in findings(make_snapshot(pilots=(pilot,))) if one.key == "silent:118"]

    assert finding.text == "bib 118 silent 806 s"
