"""What an invented race is made of: its spec, its pilots, their files, and what must come out of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racecontrol.formats.igc_layout import Layout
from racecontrol.synthetic.lines import Line
from racecontrol.synthetic.names import Person
from racecontrol.synthetic.outcome import Outcome
from racecontrol.synthetic.roles import Role

R42_GUN_MS: Final = 1_779_795_900_000
"""2026-05-26T11:45:00Z."""


@dataclass(frozen=True, slots=True)
class RaceSpec:
    """What to make.

    minutes: of track after the gun. is_dirty: False for a race without odd parts.
    interval_s: of every tracker; None for a mix of 1 to 5 s as in real races.
    initial_points: of every pilot without an odd part; None for trackers switched on 40 min to 2 h before.
    """

    race_id: str = "R42"
    name: str = "Coupe Icare · task 3"
    seed: int = 42
    pilots: int = 40
    minutes: int = 60
    gun_ms: int = R42_GUN_MS
    zone: str = "Europe/Paris"
    is_dirty: bool = True
    interval_s: int | None = None
    initial_points: int | None = None


@dataclass(frozen=True, slots=True)
class TrackFile:
    """A file of a track. day: DDMMYY of its date record. pilot_name: as the file spells it."""

    name: str
    day: str
    pilot_name: str
    lines: tuple[Line, ...]
    layout: Layout
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class SyntheticPilot:
    """One pilot with files and what must come out of them."""

    bib: str
    person: Person
    tracker: str
    role: Role
    files: tuple[TrackFile, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class SyntheticRace:
    """A race that follows from its spec alone. pilots: by bib."""

    spec: RaceSpec
    pilots: tuple[SyntheticPilot, ...]
