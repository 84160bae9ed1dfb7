"""Tiny races for what a race folder can be besides a good one, each under 50 KB."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.formats.igc_layout import layout_for, on_grid
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.folder import race_files
from racecontrol.synthetic.lines import lines_of
from racecontrol.synthetic.maker import make_race
from racecontrol.synthetic.names import Person
from racecontrol.synthetic.outcome import outcome_of
from racecontrol.synthetic.race import RaceSpec, SyntheticPilot, SyntheticRace, TrackFile
from racecontrol.synthetic.roles import Role

Files = dict[str, bytes]

MIDNIGHT_GUN_MS: Final = 1_770_682_200_000
"""2026-02-10T00:10:00Z, ten past one in the afternoon in Auckland: trackers were on before UTC's midnight."""


def _empty() -> Files:
    """A race nobody has entered yet."""
    return race_files(make_race(RaceSpec("ODD-EMPTY", "Nobody came", pilots=0, is_dirty=False)))


def _no_task() -> Files:
    """A race whose task is not set yet."""
    spec = RaceSpec(
        "ODD-NOTASK", "No task yet", pilots=2, minutes=5, is_dirty=False, interval_s=30, initial_points=100
    )
    files = race_files(make_race(spec))
    return {name: content for name, content in files.items() if name != "task.xctsk"}


def _midnight() -> Files:
    """A race over UTC's midnight, as flown in New Zealand."""
    spec = RaceSpec(
        "ODD-MIDNIGHT",
        "Over midnight",
        pilots=3,
        minutes=10,
        gun_ms=MIDNIGHT_GUN_MS,
        zone="Pacific/Auckland",
        is_dirty=False,
        interval_s=10,
        initial_points=241,
    )
    return race_files(make_race(spec))


def _one() -> Files:
    """One pilot with three fixes: before the gun, 999 ms after it, which still counts, and a second after."""
    spec = RaceSpec("ODD-ONE", "One pilot, three fixes", is_dirty=False)
    pilot = _pilot(spec, "1", (-1000, 999, 1000))
    return race_files(SyntheticRace(spec, (pilot,)))


def _broken() -> Files:
    """One good pilot among rows and files that are none: the race opens all the same."""
    spec = RaceSpec("ODD-BROKEN", "One good pilot", is_dirty=False)
    good = _pilot(spec, "1", range(-60_000, 1000, 1000))
    others = [replace(_pilot(spec, bib, ()), role=Role.NO_DATA, files=()) for bib in "23456"]
    files = race_files(SyntheticRace(spec, (good, *others)))
    broken = {f"tracks/{name}": content for name, content in _BROKEN_TRACKS.items()}
    return files | broken | {"pilots.csv": _BROKEN_PILOTS, "task.xctsk": b'{"version": 1, "turnpoints": [{'}


_BROKEN_TRACKS: Final = {
    "2.igc/a-folder": b"A track that is a folder.\n",
    "3.igc": bytes(Dice(3).whole(0, 255) for _ in range(2000)),
    "4.igc": b"AXXXSYN001\r\nB1144594518360N00553208EA0195002000\r\n",
    "nobody.igc": b"AXXXSYN001\r\nHFDTE260526\r\n",
}
_BROKEN_PILOTS: Final = b"""\
bib,name,nation,tracker,track
1,Solveig Fjellstr\xf8m 1,NOR,100200301,1.igc
2,Folder,NOR,100200302,2.igc
3,Noise,NOR,100200303,3.igc
4,Without a date,NOR,100200304,4.igc
5,Gone,NOR,100200305,gone.igc
1,Second of that bib,FRA,,
,Without a bib,FRA,,
../../etc,Bib that climbs,FRA,,
6
7,"Unclosed quote,FRA,,
"""
"""In Latin-1. Bib 6 is a pilot of whom no more is known; the three rows before it and the last are none."""


def _pilot(spec: RaceSpec, bib: str, after_gun_ms: Sequence[int]) -> SyntheticPilot:
    """A pilot who moves a little north-east from fix to fix."""
    steps = np.arange(len(after_gun_ms), dtype=np.int32)
    fixes = Fixes(
        Flight(f"{spec.race_id}/{bib}", spec.race_id, bib, "igc"),
        spec.gun_ms + np.array(after_gun_ms, np.int64),
        on_grid(453_060_000 + 670 * steps, 0),
        on_grid(58_880_000 + 1000 * steps, 0),
        2000 + steps,
        1950 + steps,
    )
    layout = layout_for(fixes)
    name = f"Solveig Fjellstrøm {bib}"
    file = TrackFile(f"{bib}.igc", "260526", name, tuple(lines_of(fixes, layout)), layout)
    outcome = outcome_of([file.lines], fixes.flight)
    return SyntheticPilot(bib, Person(name, "NOR"), f"10020030{bib}", Role.CLEAN, (file,), outcome)


ODD_RACES: Final[Mapping[str, Callable[[], Files]]] = {
    "ODD-EMPTY": _empty,
    "ODD-BROKEN": _broken,
    "ODD-MIDNIGHT": _midnight,
    "ODD-ONE": _one,
    "ODD-NOTASK": _no_task,
}
"""What makes the files of each odd race, by its id."""
