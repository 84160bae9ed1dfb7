"""The start crossing that counts, and distances on the ellipsoid."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from racecontrol.domain.crossing import distances_m, start_ms
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.formats.archive import Member, members
from racecontrol.formats.fsdb import read_fsdb
from racecontrol.formats.igc import read_igc
from tests.builders import GUN_MS, make_fixes
from tests.shared_data import shared_data

KM_E7 = 89_979
"""Of latitude at 46° N."""

ENTRY = Turnpoint("SSS", 46.0, 6.0, 6_000, kind=TurnpointKind.SSS)
NEXT = Turnpoint("B1", 46.0, 6.0, 1_000)
TASK = Task("T1", (ENTRY, NEXT))


def flown(*kilometres: float, since_ms: int = GUN_MS) -> Fixes:
    """Fixes a second apart, so many kilometres north of the start's centre."""
    fixes = make_fixes(range(since_ms, since_ms + len(kilometres) * 1000, 1000))
    return structs.replace(
        fixes,
        lat_e7=np.array([460_000_000 + round(north * KM_E7) for north in kilometres], np.int32),
        lon_e7=np.full(len(kilometres), 60_000_000, np.int32),
    )


def test_start_is_the_last_crossing() -> None:
    """A pilot who comes in, goes out and comes in again has started the second time."""
    assert start_ms(flown(7, 5, 7, 5, 4), TASK, GUN_MS) == GUN_MS + 3_000


def test_start_before_the_gun_is_none() -> None:
    """A pilot who is inside at the gun, and stays, has not started."""
    assert start_ms(flown(7, 5, 4, 3, since_ms=GUN_MS - 10_000), TASK, GUN_MS) is None


def test_start_counts_until_the_pilot_flies_on() -> None:
    """Who has been at the next turnpoint does not start again by crossing once more."""
    assert start_ms(flown(7, 5, 0.5, 5, 7, 5), TASK, GUN_MS) == GUN_MS + 1_000


def test_exit_start_counts_outwards() -> None:
    """Where the start is an exit, leaving counts, and coming back does not."""
    task = Task("T1", (replace(ENTRY, is_exit=True), replace(NEXT, lat_deg=47.0)))

    assert start_ms(flown(5, 7, 5, 7, 8), task, GUN_MS) == GUN_MS + 3_000
    assert start_ms(flown(7, 5), task, GUN_MS) is None


@pytest.mark.parametrize(
    "fixes", [flown(), flown(7), flown(7, 8, 9)], ids=["no fix", "one fix", "never inside"]
)
def test_no_crossing_is_no_start(fixes: Fixes) -> None:
    """A track that does not cross has no start."""
    assert start_ms(fixes, TASK, GUN_MS) is None


def test_task_without_start_has_none() -> None:
    """A course without a start cylinder starts nobody."""
    assert start_ms(flown(7, 5), Task("T1", (NEXT,)), GUN_MS) is None


def test_distances_are_those_of_the_ellipsoid() -> None:
    """A degree of latitude and of longitude at 45°, as geodesy has them, and zero where there is none."""
    place = Turnpoint("P", 45.0, 6.0, 1)
    fixes = structs.replace(
        make_fixes([1, 2, 3]),
        lat_e7=np.array([460_000_000, 450_000_000, 450_000_000], np.int32),
        lon_e7=np.array([60_000_000, 70_000_000, 60_000_000], np.int32),
    )

    assert distances_m(fixes, place).tolist() == pytest.approx([111_141.5, 78_846.3, 0], abs=2)


def test_official_starts_are_met() -> None:
    """Of the official starts of a real task, 9 in 10 are met within a second."""
    folder = shared_data("pwc-chamousset-2019")
    task = read_fsdb(folder / "PWC2019-1.clean-fsdb.xml").task("T1")
    official = {flight.track_file: flight.started_ms for flight in task.flights if flight.started_ms}
    found = (member for member in members(folder / "task-1-tracks.tar.xz") if isinstance(member, Member))
    met = [
        abs(started_ms - official[name]) <= 1_000
        for name, content in itertools.islice(
            ((member.name.rsplit("/")[-1], member.content) for member in found), 40
        )
        if name in official
        and (started_ms := start_ms(read_igc(content, Flight("1")).fixes, task.task, task.gates_ms[0]))
    ]

    assert len(met) > 20
    assert sum(met) >= 0.9 * len(met)
