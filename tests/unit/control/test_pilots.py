"""The board of pilots."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from racecontrol.control.clock import RaceClock
from racecontrol.control.pilots import PilotBoard, judge, natural_order
from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import Pilot, PilotState
from racecontrol.errors import RaceControlError
from racecontrol.formats.racefolder import read_pilot_track
from racecontrol.store.base import FlightSummary
from racecontrol.telemetry.snapshot import PilotView
from tests.builders import GUN_MS, make_fixes, make_flight, make_race
from tests.fixture_races import expected_of, fixture_race

WAITING = RaceClock(GUN_MS - 300_000, is_own=True)
AT_GUN = RaceClock(GUN_MS, is_own=True)


def make_board(*bibs: str) -> PilotBoard:
    return PilotBoard(make_race([Pilot(bib, f"Pilot {bib}") for bib in bibs]))


def flying(bib: str, until_ms: int = GUN_MS) -> Fixes:
    """Ten minutes of flight at 20 m/s, a fix a second."""
    fixes = make_fixes(range(until_ms - 600_000, until_ms + 1, 1000), flight=make_flight(bib))
    north = np.arange(len(fixes), dtype=np.int32) * 1800
    return Fixes(fixes.flight, fixes.time_ms, fixes.lat_e7 + north, fixes.lon_e7, fixes.gnss_alt_m)


def stored(bib: str, last_ms: int, points: int = 100, source: str = "igc") -> FlightSummary:
    flight = make_flight(bib, source=source)
    return FlightSummary(flight, points, 0, GUN_MS - 600_000, last_ms, 460_000_000, 62_000_000, 1500, 1200)


def states(rows: Iterable[PilotView]) -> dict[str, PilotState]:
    return {row.bib: row.state for row in rows}


def test_board_sorts_the_worst_first_then_by_bib() -> None:
    """Who has no data comes before who is silent and who flies; bib 2 comes before bib 10."""
    board = make_board("10", "2", "7", "1")
    race = make_race()
    board.take_tracks(
        judge(race, {"10": flying("10"), "2": flying("2"), "7": flying("7", GUN_MS - 90_000)}), {}
    )

    assert [row.bib for row in board.rows(WAITING)] == ["1", "7", "2", "10"]


def test_waiting_race_shows_its_pilots_as_at_the_gun() -> None:
    """On its own clock, five minutes before the gun, a pilot heard until the gun is not late."""
    board = make_board("7")
    board.take_tracks(judge(make_race(), {"7": flying("7")}), {})

    [row] = board.rows(WAITING)

    assert (row.state, row.age_s, row.points) == (PilotState.FLYING, 0.0, 0)


def test_who_is_not_heard_of_comes_first() -> None:
    """A pilot without a fix, and one who fell silent before the gun."""
    board = make_board("1", "2", "3")
    board.take_tracks(judge(make_race(), {"1": flying("1"), "2": flying("2", GUN_MS - 90_000)}), {})

    assert [row.state for row in board.rows(WAITING)] == [
        PilotState.NO_DATA,
        PilotState.SILENT,
        PilotState.FLYING,
    ]


def test_unreadable_track_gives_its_reason() -> None:
    """A pilot whose file cannot be read says why in the row."""
    board = make_board("1")
    board.take_tracks({}, {"1": "1.igc:3: no date"})

    assert board.rows(WAITING)[0].reason == "1.igc:3: no date"


def test_store_takes_over_after_the_gun() -> None:
    """Once the store has a newer fix and the race is that far, the row is the store's."""
    board = make_board("7")
    board.take_tracks(judge(make_race(), {"7": flying("7")}), {})
    board.take_flights([stored("7", GUN_MS + 30_000, points=640)])

    [row] = board.rows(RaceClock(GUN_MS + 31_000, is_own=True, is_replaying=True, speed=20.0))

    assert (row.age_s, row.points, row.lat_deg) == (1.0, 640, 46.0)


def test_recalled_race_shows_its_initial_points_again() -> None:
    """What an earlier pass stored after the gun does not show before the next start."""
    board = make_board("7")
    board.take_tracks(judge(make_race(), {"7": flying("7")}), {})
    board.take_flights([stored("7", GUN_MS + 3_600_000)])

    [row] = board.rows(WAITING)

    assert (row.state, row.age_s) == (PilotState.FLYING, 0.0)


def test_pilot_without_a_track_is_known_by_the_store() -> None:
    """A live tracker's points make a row before the gun."""
    board = make_board("7")
    board.take_flights([stored("7", GUN_MS - 10_000, source="live")])

    rows = board.rows(RaceClock(GUN_MS - 9_000, is_own=False))

    assert rows[0].state is PilotState.FLYING


def test_points_of_all_flights_of_a_pilot_count() -> None:
    """A pilot with a logger and a live tracker has the points of both, and the newest fix."""
    board = make_board("7")
    board.take_flights([stored("7", GUN_MS - 10_000, 100), stored("7", GUN_MS - 2000, 50, "live")])

    [row] = board.rows(AT_GUN)

    assert (row.points, row.age_s) == (150, 2.0)


def test_pilot_falls_silent_on_the_races_clock() -> None:
    """A pilot without a fix for a minute of the race is silent, and says for how long."""
    board = make_board("7")
    board.take_flights([stored("7", GUN_MS)])

    [row] = board.rows(RaceClock(GUN_MS + 61_000, is_own=False))

    assert (row.state, row.reason) == (PilotState.SILENT, "silent for 61 s")


def test_replay_that_runs_ahead_of_the_store_silences_nobody() -> None:
    """A pilot is not silent for what a replay has played and the store has not yet."""
    board = make_board("7")
    board.take_flights([stored("7", GUN_MS)])
    later_ms = GUN_MS + 200_000

    for lag_s in (180.0, math.inf):
        clock = RaceClock(later_ms, is_own=True, is_replaying=True, lag_s=lag_s)
        assert states(board.rows(clock)) == {"7": PilotState.FLYING}


def test_silent_pilot_is_looked_at_once_a_fix() -> None:
    """A silent pilot's whole track is asked for until it was looked at."""
    board = make_board("7")
    board.take_flights([stored("7", GUN_MS)])
    rows = board.rows(RaceClock(GUN_MS + 61_000, is_own=False))

    assert board.fallen_silent(rows) == {"7": "R42/7"}
    board.take_silent_track("7", flying("7"))
    assert board.fallen_silent(rows) == {}


def test_silent_pilot_whose_track_ends_on_the_ground_has_landed() -> None:
    """Landed and lost look alike until the whole track is read."""
    board = make_board("7")
    board.take_flights([stored("7", GUN_MS)])
    flight = flying("7")
    heights = np.linspace(2500, 500, len(flight)).astype(np.int32)
    heights[-200:] = 500
    still = flight.lat_e7.copy()
    still[-200:] = still[-200]
    landed = Fixes(flight.flight, flight.time_ms, still, flight.lon_e7, heights)

    board.take_silent_track("7", landed)

    assert states(board.rows(RaceClock(GUN_MS + 61_000, is_own=False))) == {"7": PilotState.LANDED}


def test_flights_of_nobody_make_no_row() -> None:
    """Points of a bib that is not in the roster show on no row."""
    board = make_board("7")
    board.take_flights([stored("999", GUN_MS)])

    assert states(board.rows(AT_GUN)) == {"7": PilotState.NO_DATA}


def test_fixture_pilots_are_in_their_expected_states() -> None:
    """Every pilot of R42 stands on the board as its generator says."""
    race, expected = fixture_race(), expected_of()["bibs"]
    tracks = {}
    for pilot in race.pilots:
        try:
            tracks[pilot.bib] = read_pilot_track(race, pilot).fixes
        except RaceControlError:
            continue
    board = PilotBoard(race)
    board.take_tracks(judge(race, tracks), {})

    assert {bib: state.value for bib, state in states(board.rows(WAITING)).items()} == {
        bib: pilot["state"] for bib, pilot in expected.items()
    }


def test_bibs_sort_by_their_numbers() -> None:
    """2 before 10, A2 before A10, numbers before letters, and any text has a place."""
    bibs = ["A10", "10", "b", "A2", "2", "", "²"]

    assert sorted(bibs, key=natural_order) == ["", "2", "10", "A2", "A10", "b", "²"]
