"""Who is ready, told from fixes alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from msgspec import structs

from racecontrol.domain.fixes import MISSING, Fixes, Flight
from racecontrol.domain.race import PilotState
from racecontrol.domain.readiness import assess, assess_pilots, readiness_in_words, states_in_words
from racecontrol.domain.twins import find_twins

NOW_MS = 1_779_795_900_000
"""2026-05-26T11:45:00Z."""

METRE_E7 = 90
"""Of latitude: 1 m is 90 units of 1e-7 degree."""


def make_flight(
    *,
    speed_m_s: float = 10.0,
    alt_m: float | Sequence[float] = 2000.0,
    minutes: float = 30,
    interval_s: float = 1,
    silent_s: float = 0,
    aside_m: float = 0,
) -> Fixes:
    """A flight due north up to `silent_s` before NOW_MS. alt_m: heights from first to last, or one."""
    age_s: npt.NDArray[np.float64] = np.arange(minutes * 60, -interval_s / 2, -interval_s)
    times_ms = (NOW_MS - (silent_s + age_s) * 1000).astype(np.int64)
    flown_m = speed_m_s * (age_s[0] - age_s)
    heights = np.interp(np.linspace(0, 1, len(age_s)), *_corners(alt_m))
    return Fixes(
        Flight("R42/118"),
        times_ms,
        (455_000_000 + flown_m * METRE_E7).astype(np.int32),
        np.full(len(age_s), 61_000_000 + round(aside_m * METRE_E7 / 0.7), np.int32),
        heights.astype(np.int32),
    )


def _corners(alt_m: float | Sequence[float]) -> tuple[npt.NDArray[np.float64], Sequence[float]]:
    heights = [alt_m, alt_m] if isinstance(alt_m, float) else alt_m
    return np.linspace(0, 1, len(heights)), heights


DOWN = [1000.0, 2000.0, 300.0, 300.0, 300.0]
"""A flight from 1,000 m up to 2,000 m that has stood at 300 m for half of its time."""


def test_who_moves_is_flying() -> None:
    """With age, height and speed of the last fix."""
    status = assess(make_flight(silent_s=2), NOW_MS)

    assert (status.state, status.reason, status.age_s, status.alt_m) == (PilotState.FLYING, "", 2.0, 2000)
    assert status.speed_kmh == pytest.approx(36, abs=0.5)


def test_without_fixes_there_is_no_data() -> None:
    """Neither before a tracker is switched on."""
    assert assess(make_flight().before(0), NOW_MS).state is PilotState.NO_DATA


def test_fixes_of_another_day_are_no_data() -> None:
    """The reason is what a clock that was never set says."""
    fixes = make_flight()
    fixes = structs.replace(fixes, time_ms=fixes.time_ms - NOW_MS + 946_684_800_000)

    status = assess(fixes, NOW_MS)

    assert (status.state, status.reason) == (
        PilotState.NO_DATA,
        "the tracker's clock says 2000-01-01T00:00:00Z",
    )


@pytest.mark.parametrize(
    ("interval_s", "silent_s", "is_silent"),
    [(1, 59, False), (1, 61, True), (60, 299, False), (60, 301, True), (600, 1200, False)],
)
def test_silence_is_judged_by_the_tracker_s_own_interval(
    interval_s: float, silent_s: float, is_silent: bool
) -> None:
    """Five missed reports, a minute at least: a satellite messenger is not silent between two of them."""
    fixes = make_flight(interval_s=interval_s, silent_s=silent_s, minutes=60)

    assert (assess(fixes, NOW_MS).state is PilotState.SILENT) is is_silent


def test_who_fell_silent_on_the_ground_after_a_flight_has_landed() -> None:
    """The trackers of most who land are switched off within minutes."""
    status = assess(make_flight(speed_m_s=0.5, alt_m=DOWN, silent_s=1834), NOW_MS)

    assert (status.state, status.reason) == (PilotState.LANDED, "last fix 1834 s ago")


def test_who_fell_silent_in_the_air_is_silent() -> None:
    """However low: nobody who flew a second ago has landed."""
    status = assess(make_flight(alt_m=[1000.0, 2000.0, 400.0], silent_s=806), NOW_MS)

    assert (status.state, status.reason) == (PilotState.SILENT, "silent for 806 s")


def test_who_stands_below_an_earlier_height_has_landed() -> None:
    """Still, at one height, and 50 m or more below."""
    assert assess(make_flight(speed_m_s=0.5, alt_m=DOWN), NOW_MS).state is PilotState.LANDED


def test_who_stands_where_it_was_highest_is_on_the_ground() -> None:
    """On take-off after the way up, one has not flown."""
    fixes = make_flight(speed_m_s=0.5, alt_m=[500.0, 1200.0, 1200.0, 1200.0])

    assert assess(fixes, NOW_MS).state is PilotState.GROUND


def test_a_wild_height_is_no_flight() -> None:
    """Real tracks have fixes of 9,999 m in them."""
    fixes = make_flight(speed_m_s=0.5, alt_m=1200.0)
    assert fixes.gnss_alt_m is not None
    fixes.gnss_alt_m[[100, -30]] = 9999

    assert assess(fixes, NOW_MS).state is PilotState.GROUND


def test_who_hovers_against_the_wind_is_flying() -> None:
    """No way over the ground, but height comes and goes."""
    fixes = make_flight(speed_m_s=0.5, alt_m=[1500.0, 1600.0] * 15)

    assert assess(fixes, NOW_MS).state is PilotState.FLYING


def test_without_heights_nobody_is_said_to_have_landed() -> None:
    """Somebody who stands is on the ground; whether after a flight cannot be told."""
    fixes = make_flight(speed_m_s=0.5)
    none = structs.replace(fixes, gnss_alt_m=None)
    missing = structs.replace(fixes, gnss_alt_m=np.full(len(fixes), MISSING, np.int32))

    assert [assess(one, NOW_MS).state for one in (none, missing)] == [PilotState.GROUND, PilotState.GROUND]


def test_a_single_fix_is_flying() -> None:
    """To look for somebody who has landed costs less than not to look for somebody who has not."""
    assert assess(make_flight(minutes=0), NOW_MS).state is PilotState.FLYING


def test_fixes_after_the_moment_are_not_looked_at() -> None:
    """A replayed race knows nothing of its future."""
    fixes = make_flight()
    then_ms = NOW_MS - 600_000

    status = assess_pilots({"1": fixes}, then_ms)["1"]

    assert (status.state, status.age_s) == (PilotState.FLYING, 0.0)


def test_two_trackers_that_move_as_one_are_twins() -> None:
    """Each names the other, whatever their intervals."""
    tracks = {"1": make_flight(), "2": make_flight(aside_m=10, interval_s=7), "3": make_flight(aside_m=200)}

    statuses = assess_pilots(tracks, NOW_MS)

    assert [(statuses[bib].state, statuses[bib].reason) for bib in "123"] == [
        (PilotState.TWIN, "moves with the tracker of 2"),
        (PilotState.TWIN, "moves with the tracker of 1"),
        (PilotState.FLYING, ""),
    ]


def test_pilots_who_stand_together_are_no_twins() -> None:
    """On take-off a hundred pilots are within 30 m of each other."""
    tracks = {str(bib): make_flight(speed_m_s=0.1, aside_m=bib) for bib in range(5)}

    assert find_twins(tracks, NOW_MS) == {}


def test_a_short_meeting_makes_no_twins() -> None:
    """Two who share a thermal for nine of ten minutes were apart before."""
    one, other = make_flight(), make_flight(aside_m=10)
    other.lon_e7[: -9 * 60] += 100_000

    assert find_twins({"1": one, "2": other}, NOW_MS) == {}


def test_a_silent_tracker_is_no_twin() -> None:
    """Where one of them was, nobody knows."""
    tracks = {"1": make_flight(), "2": make_flight(silent_s=300), "3": make_flight(minutes=0)}

    assert find_twins(tracks, NOW_MS) == {}


def test_twins_are_found_across_the_date_line() -> None:
    """179.9999 and -179.9999 degrees are neighbours."""
    one, other = make_flight(), make_flight()
    one.lon_e7[:] = 1_799_999_900
    other.lon_e7[:] = -1_799_999_900

    assert find_twins({"1": one, "2": other}, NOW_MS) == {"1": "2", "2": "1"}


def test_readiness_tells_who_is_missing() -> None:
    """Before the gun: a pilot who has landed, or flies with another's tracker, is not ready."""
    states = [PilotState.FLYING, PilotState.GROUND, PilotState.LANDED, PilotState.TWIN, PilotState.TWIN]

    assert readiness_in_words(states) == "2 of 5 ready; 1 landed, 2 twin"
    assert readiness_in_words([PilotState.FLYING]) == "1 of 1 ready"


def test_states_are_told_from_the_best_on() -> None:
    """After the gun nobody is ready any more."""
    assert states_in_words([PilotState.SILENT, PilotState.FLYING, PilotState.FLYING]) == "2 flying, 1 silent"
