"""Invented races: the same seed, the same bytes; flights that could have been flown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from racecontrol.domain.fixes import COLUMNS, Fixes
from racecontrol.errors import ConfigError, RaceError
from racecontrol.synthetic.area import ground_m, to_plane
from racecontrol.synthetic.course import COURSE
from racecontrol.synthetic.folder import race_files, write_files
from racecontrol.synthetic.logger import GEOID_M
from racecontrol.synthetic.maker import initial_fixes, make_race
from racecontrol.synthetic.odd import ODD_RACES
from racecontrol.synthetic.outcome import checksum
from racecontrol.synthetic.race import R42_GUN_MS, RaceSpec, SyntheticPilot, SyntheticRace
from racecontrol.synthetic.roles import Role

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


@pytest.fixture(scope="module")
def r42() -> SyntheticRace:
    return make_race(RaceSpec())


def _shipped(race_id: str) -> dict[str, bytes]:
    folder = FIXTURES / race_id
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _pilot(race: SyntheticRace, role: Role) -> SyntheticPilot:
    return next(pilot for pilot in race.pilots if pilot.role is role)


def test_r42_is_what_its_seed_makes(r42: SyntheticRace) -> None:
    """The race that ships is, byte for byte, what the generator makes today."""
    made = race_files(r42)

    shipped = _shipped("R42")

    assert sorted(shipped) == sorted(made)
    assert [name for name in made if made[name] != shipped[name]] == []


@pytest.mark.parametrize("race_id", ODD_RACES)
def test_odd_races_are_what_the_code_makes(race_id: str) -> None:
    """The odd races that ship are, byte for byte, what the generator makes today, and tiny."""
    shipped = _shipped(race_id)

    assert shipped == ODD_RACES[race_id]()
    assert sum(map(len, shipped.values())) < 50_000


def test_r42_is_under_3_mb() -> None:
    """A clone stays small."""
    assert sum(map(len, _shipped("R42").values())) < 3_000_000


def test_another_seed_makes_another_race() -> None:
    """What is invented follows from the seed."""
    spec = RaceSpec(pilots=1, is_dirty=False, minutes=0)
    one, other = (make_race(RaceSpec(seed=seed, pilots=1, is_dirty=False, minutes=0)) for seed in (1, 2))

    assert race_files(one) != race_files(other)
    assert race_files(make_race(spec)) == race_files(make_race(spec))


def test_every_part_is_played(r42: SyntheticRace) -> None:
    """R42 has each kind of dirt, and most of its pilots are ordinary ones all the same."""
    roles = [pilot.role for pilot in r42.pilots]

    assert set(roles) == set(Role)
    assert roles.count(Role.CLEAN) >= len(roles) // 3


def _steps(fixes: Fixes) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], ...]:
    """Metres over the ground and metres of height between fixes, each a second."""
    seconds = np.diff(fixes.time_ms) / 1000
    (x_m, y_m), alt_m = to_plane(fixes.lat_deg, fixes.lon_deg), fixes.gnss_alt_m
    assert alt_m is not None
    return np.hypot(np.diff(x_m), np.diff(y_m)) / seconds, np.abs(np.diff(alt_m)) / seconds


def test_ordinary_pilots_fly_like_paragliders(r42: SyntheticRace) -> None:
    """No ordinary pilot is faster than 20 m/s over the ground, or 9 m/s up or down; noise included."""
    steps = [_steps(pilot.outcome.fixes) for pilot in r42.pilots if pilot.role is Role.CLEAN]

    assert max(speed.max() for speed, _ in steps) < 20
    assert max(climb.max() for _, climb in steps) < 9


def test_nobody_flies_under_the_ground(r42: SyntheticRace) -> None:
    """Heights fit the relief, but for the noise of a receiver."""
    for pilot in r42.pilots:
        fixes = pilot.outcome.fixes
        if pilot.role is not Role.CLEAN or fixes.gnss_alt_m is None:
            continue
        above_m = fixes.gnss_alt_m - GEOID_M - ground_m(*to_plane(fixes.lat_deg, fixes.lon_deg))

        assert above_m.min() > -15


def test_everybody_stays_in_the_area(r42: SyntheticRace) -> None:
    """No kept fix lies further than 15 km from the course's corners."""
    lats, lons = [point.lat_deg for point in COURSE], [point.lon_deg for point in COURSE]
    kept = [pilot.outcome.fixes for pilot in r42.pilots if len(pilot.outcome.fixes)]
    lat, lon = np.concatenate([f.lat_deg for f in kept]), np.concatenate([f.lon_deg for f in kept])

    assert (lat > min(lats) - 0.14).all()
    assert (lat < max(lats) + 0.14).all()
    assert (lon > min(lons) - 0.19).all()
    assert (lon < max(lons) + 0.19).all()


def test_most_pilots_start_soon_after_the_gun(r42: SyntheticRace) -> None:
    """An hour after the gun the field is spread over the course, far from takeoff."""
    start_x, start_y = to_plane(COURSE[0].lat_deg, COURSE[0].lon_deg)
    ends = [
        to_plane(float(pilot.outcome.fixes.lat_deg[-1]), float(pilot.outcome.fixes.lon_deg[-1]))
        for pilot in r42.pilots
        if pilot.role is Role.CLEAN
    ]
    far = sum(float(np.hypot(x - start_x, y - start_y)) > 5000 for x, y in ends)

    assert far > len(ends) * 0.6


def test_twins_stay_within_23_m(r42: SyntheticRace) -> None:
    """Two trackers in one bag are never further apart than those we have seen, for 25 min before the gun."""
    one, other = (_pilot(r42, role).outcome.fixes for role in (Role.TWIN, Role.TWIN_OF))
    _, at_one, at_other = np.intersect1d(one.time_ms, other.time_ms, return_indices=True)
    (x, y), (other_x, other_y) = (
        to_plane(fixes.lat_deg[rows], fixes.lon_deg[rows])
        for fixes, rows in ((one, at_one), (other, at_other))
    )

    assert np.hypot(x - other_x, y - other_y).max() < 23
    assert one.time_ms[at_one][0] < R42_GUN_MS - 25 * 60_000


def test_lost_packets_leave_gaps_of_99_s(r42: SyntheticRace) -> None:
    """Every gap is a whole number of packets, as on real trackers."""
    steps_s = np.diff(_pilot(r42, Role.LOST_PACKETS).outcome.fixes.time_ms) // 1000
    gaps_s = steps_s[steps_s > 10]

    assert len(gaps_s) >= 3
    assert (gaps_s % 99 == 0).all()


def test_too_few_pilots_cannot_play_the_odd_parts() -> None:
    """A dirty race too small for its dirt is a usage error that says what to do."""
    with pytest.raises(ConfigError, match="clean race"):
        make_race(RaceSpec(pilots=5))


def test_initial_points_can_be_asked_for_exactly() -> None:
    """Every pilot of a clean race has as many initial points as asked, at the interval asked."""
    spec = RaceSpec(pilots=3, minutes=1, is_dirty=False, interval_s=2, initial_points=1000)

    counts = [len(pilot.outcome.fixes.before(spec.gun_ms + 1000)) for pilot in make_race(spec).pilots]

    assert counts == [1000, 1000, 1000]


@pytest.mark.parametrize("points", [1, 100, 3391])
def test_bench_fixes_have_the_size_asked_for(points: int) -> None:
    """A bench gets exactly its pilots and points, at 1 Hz, the last at the gun."""
    flights = initial_fixes(pilots=2, points=points, seed=7, position_digits=2)

    assert [len(fixes) for fixes in flights] == [points, points]
    assert all(fixes.time_ms[-1] == R42_GUN_MS for fixes in flights)
    assert all((np.diff(fixes.time_ms) == 1000).all() for fixes in flights)


def test_checksum_sees_every_column() -> None:
    """A change of one unit in any column is another checksum."""
    (fixes,) = initial_fixes(pilots=1, points=10, seed=1)
    seen = {checksum(fixes)}
    for name in COLUMNS[:5]:
        columns = {column: getattr(fixes, column) for column in COLUMNS}
        columns[name] = columns[name] + np.array([1] + [0] * 9, columns[name].dtype)
        seen.add(checksum(Fixes(fixes.flight, **columns)))

    assert len(seen) == 6


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    """Nobody's race is overwritten by an invented one."""
    with pytest.raises(RaceError, match="exists"):
        write_files({}, tmp_path)
