"""The status line and the alert line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from racecontrol.desk.lines.alerts import alert_line
from racecontrol.desk.lines.cells import line_width, plain
from racecontrol.desk.lines.signs import ASCII, UNICODE
from racecontrol.desk.lines.status import status_line
from racecontrol.desk.situation import Situation
from racecontrol.domain.race import PilotState, RaceState
from racecontrol.telemetry.snapshot import Alert, Severity, Snapshot
from tests.desk.snapshots import GUN_MS, after_start, during_start, make_race, make_snapshot, server_down

NOISY = Alert("noise", Severity.INFO, "a worker restarted", GUN_MS)
GRAVE = Alert("server", Severity.CRITICAL, "queue server does not answer", GUN_MS)


def said(snapshot: Snapshot | None, width: int = 118, **changes: object) -> str:
    situation = replace(Situation(snapshot=snapshot), **changes)  # type: ignore[arg-type]
    return plain([status_line(situation, width, UNICODE, "R42")])


def test_status_before_the_start() -> None:
    """Race, state, gun in the race's zone, countdown, whose clock, pilots, server."""
    line = said(make_snapshot())

    assert line == (
        "R42 Coupe Icare · task 3   ○ READY   gun 13:45:00 CEST   T-00:04:31 race clock        "
        "146 of 150 ready   server 0.4 ms"
    )


def test_the_gun_and_the_clock_stay_at_80_columns() -> None:
    """The race's name gives way to the times, and to whose clock they are by."""
    line = said(make_snapshot(), 78)

    assert line == ("R42   ○ READY   gun 13:45:00 CEST   T-00:04:31 race clock     146 of 150 ready")


def test_after_the_start_the_pilots_in_the_air_are_counted() -> None:
    """Nobody is ready for a start that was made."""
    snapshot = after_start()
    flying = sum(pilot.state in (PilotState.FLYING, PilotState.TWIN) for pilot in snapshot.pilots)

    assert f"{flying} of 150 flying" in said(snapshot)


@pytest.mark.parametrize("state", list(RaceState))
def test_every_state_is_a_sign_and_a_word(state: RaceState) -> None:
    """No state is told by colour alone."""
    line = said(make_snapshot(race=make_race(state=state)))

    assert f"{UNICODE.races[state]} {state.value.upper()}" in line


@pytest.mark.parametrize("width", [20, 38, 58, 78, 98, 118, 200])
@pytest.mark.parametrize("snapshot", [make_snapshot(), during_start(), after_start(), server_down()])
def test_the_state_and_the_countdown_stay_at_every_width(width: int, snapshot: Snapshot) -> None:
    """What yields in a narrow terminal is never the race's state."""
    line = status_line(Situation(snapshot=snapshot, frozen_ms=GUN_MS), width, UNICODE, "R42")

    assert snapshot.race
    assert snapshot.race.state.value.upper() in plain([line])


@pytest.mark.parametrize("width", [58, 78, 98, 118])
def test_the_status_line_fits_its_width(width: int) -> None:
    """From 60 columns on, everything that matters fits on one line."""
    assert line_width(status_line(Situation(snapshot=server_down()), width, UNICODE, "R42")) <= width


def test_a_lost_link_is_said_at_80_columns() -> None:
    """LINK DOWN takes the place of things that matter less."""
    assert "LINK DOWN" in said(server_down(), 78)


def test_a_feed_that_owes_an_answer_is_stale() -> None:
    """STALE says for how long the screen has been old."""
    assert "STALE 7 s" in said(make_snapshot(), silent_s=7.0)


def test_a_slow_refresh_is_not_stale() -> None:
    """A desk that looks every 10 s is not stale after 7."""
    assert "STALE" not in said(make_snapshot(), silent_s=7.0, refresh_s=10.0)


def test_a_replay_has_a_badge_with_its_speed() -> None:
    """Nobody takes a replay for a race."""
    race = make_race(state=RaceState.RUNNING, is_replaying=True, replay_speed=20.0)

    assert "▷ REPLAY 20x" in said(make_snapshot(race=race))


def test_a_frozen_screen_says_since_when() -> None:
    """FROZEN has the time that the panels stand at."""
    assert "‖ FROZEN 13:45:00" in said(make_snapshot(), frozen_ms=GUN_MS)


def test_a_read_only_desk_says_so() -> None:
    """READ-ONLY is a sign and a word."""
    assert "⊘ READ-ONLY" in said(make_snapshot(), is_read_only=True)


def test_before_the_first_answer_the_race_is_named() -> None:
    """The line is of use before any snapshot has come."""
    assert said(None) == "R42   ◌ connecting"


def test_the_ascii_status_line_is_ascii() -> None:
    """Every sign has an ASCII form."""
    race = make_race(name="task 3", is_replaying=True)
    situation = Situation(snapshot=replace(server_down(), race=race), frozen_ms=GUN_MS, is_read_only=True)

    assert plain([status_line(situation, 300, ASCII, "R42")]).isascii()


def test_the_gravest_alert_comes_first() -> None:
    """An alert line that is cut loses its least."""
    line = plain([alert_line([NOISY, GRAVE], 0, GUN_MS + 9000, 60, UNICODE)])

    assert line.startswith(" ‼ 2 alerts   queue server does not answer (9 s ago)")


def test_no_alert_is_said_in_words() -> None:
    """An empty alert line could as well be a broken one."""
    assert plain([alert_line([], 0, GUN_MS, 118, UNICODE)]) == "✓ no open alerts"


def test_acknowledged_alerts_are_counted() -> None:
    """An alert that was acknowledged still stands."""
    assert plain([alert_line([], 2, GUN_MS, 118, UNICODE)]).endswith("2 acknowledged")
