"""Findings about people."""

from __future__ import annotations

from dataclasses import replace

from racecontrol.state.sos import SosCall
from racecontrol.state.trackers import UnknownTracker
from racecontrol.telemetry.alerts import Finding, standing, watch
from racecontrol.telemetry.findings import findings
from racecontrol.telemetry.people import of_people
from racecontrol.telemetry.snapshot import Severity
from tests.desk.snapshots import make_snapshot

CALL = SosCall("R42", "118", 1_779_795_900_000, "45.9 6.2")


def test_an_sos_stands_above_everything() -> None:
    """Also above what is critical for longer."""
    older = watch({}, [Finding("server", Severity.CRITICAL, "away")], 1_000)
    watched = watch(older, [*of_people(replace(make_snapshot(), sos=(CALL,)))], 2_000)

    assert [alert.key for alert in standing(watched)] == ["sos:R42/118", "server"]
    assert standing(watched)[0].text == "SOS bib 118 of R42 at 45.9 6.2"


def test_an_sos_tells_the_time_of_its_fix() -> None:
    """It may have waited in a spool, and the pilot have gone elsewhere."""
    call = replace(CALL, fix_ms=1_779_795_842_000)
    (found,) = of_people(replace(make_snapshot(), sos=(call,), trackers=()))

    assert found.text == "SOS bib 118 of R42 at 45.9 6.2, fix 2026-05-26T11:44:02Z"


def test_unknown_trackers_are_one_finding() -> None:
    """With the first few by name, and what to do about them."""
    trackers = tuple(UnknownTracker(f"T{n}", 1, 2, 3) for n in range(5))
    found = {one.key: one.text for one in findings(replace(make_snapshot(), trackers=trackers))}

    assert found["trackers"].startswith("5 trackers without a pilot: T0, T1, T2, …; see racecontrol tracker")
