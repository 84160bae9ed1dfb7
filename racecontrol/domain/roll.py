"""`Roll`: whose points are whose: the rosters of all races, and what operators assigned in each.

Pure; `pipeline.roll_watch` keeps a process's own up to date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise
from math import inf
from typing import Final

import numpy as np

from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.race import INITIAL_WINDOW_MS, Race

TRACKER: Final = "tracker"
"""What the flight id of a tracker that nobody owns begins with: tracker/SERIAL, or tracker@RACE/SERIAL."""

_LONGEST_ID: Final = 100

_ONE_DAY_MS: Final = 12 * 3_600_000
"""Guns closer than this are of one day; those of two are some 20 h apart at least."""


@lru_cache(maxsize=4_096)
def tracker_flight(serial: str, source: str, race_id: str = "") -> Flight:
    """What the points of a tracker that nobody owns are kept as; a serial that is too long is cut.

    race_id: the sender's, "" for a sender of no race. Points of two races' senders are two flights, since
    none of them may write into the other's race.
    """
    head = f"{TRACKER}@{race_id}/" if race_id else f"{TRACKER}/"
    return Flight(f"{head}{serial[: _LONGEST_ID - len(head)]}", "", "", source)


def serial_of(flight: Flight) -> str:
    """The serial of such a flight; "" for every other."""
    return "" if flight.bib else serial_in(flight.flight_id)


def serial_in(flight_id: str) -> str:
    """The serial in the id of such a flight; "" in every other."""
    name, _, serial = flight_id.partition("/")
    return serial if name == TRACKER or name.startswith(f"{TRACKER}@") else ""


def senders_race(flight: Flight) -> str:
    """The race whose sender brought such a flight's points; "" for a sender of none."""
    return flight.flight_id.partition("/")[0].partition("@")[2]


@dataclass(frozen=True, slots=True)
class Owner:
    """The pilot that a tracker belongs to."""

    race_id: str
    bib: str

    def __str__(self) -> str:
        return f"{self.race_id}/{self.bib}"

    def flight(self, source: str) -> Flight:
        """The pilot's flight in the race."""
        return Flight(str(self), self.race_id, self.bib, source)


@dataclass(frozen=True, slots=True)
class _Claim:
    """That a pilot flies with a tracker. race: None where its folder is not here."""

    owner: Owner
    race: Race | None
    is_assigned: bool

    def away_ms(self, time_ms: int) -> float:
        """From the gun; none is as far as one whose race is not known."""
        return inf if self.race is None else abs(self.race.gun_ms - time_ms)

    def is_beside(self, other: _Claim) -> bool:
        """The guns are of one day, whatever the races' dates say."""
        return self.race is not None and other.away_ms(self.race.gun_ms) < _ONE_DAY_MS


@dataclass(frozen=True, slots=True)
class Roll:
    """races: by id. assignments: by tracker serial, one a race at most, the latest last."""

    races: Mapping[str, Race] = field(default_factory=dict)
    assignments: Mapping[str, Sequence[Owner]] = field(default_factory=dict)
    _bibs: Mapping[str, frozenset[str]] = field(init=False)
    _claims: Mapping[str, Sequence[_Claim]] = field(init=False)

    def __post_init__(self) -> None:
        claims = {
            serial: [_Claim(owner, self.races.get(owner.race_id), True) for owner in reversed(owners)]
            for serial, owners in self.assignments.items()
        }
        for race in self.races.values():
            for serial, bib in race.roster.items():
                of_serial = claims.setdefault(serial, [])
                if all(one.race is not race for one in of_serial):
                    of_serial.append(_Claim(Owner(race.race_id, bib), race, False))
        bibs = {race.race_id: frozenset(pilot.bib for pilot in race.pilots) for race in self.races.values()}
        object.__setattr__(self, "_claims", claims)
        object.__setattr__(self, "_bibs", bibs)

    def knows(self, race_id: str) -> bool:
        """There is a race of this id, so its bibs are those of its roster."""
        return race_id in self._bibs

    def is_rostered(self, race_id: str, bib: str) -> bool:
        """The race has a pilot of this bib."""
        return bib in self._bibs.get(race_id, ())

    def owner_of(self, serial: str, time_ms: int, race_id: str = "") -> Owner | None:
        """Who flies with the tracker; None where nobody does.

        In its race an operator's assignment stands over the roster. Of several races it is the one
        whose gun is nearest to `time_ms`, and within a day of it: yesterday's race takes no points. Of
        races of one day the one that was assigned last stands over the others' rosters. An assignment in
        a race that is not known here takes what no other race does.
        race_id: the only race that may be meant, "" for any.
        """
        claims = [one for one in self._claims.get(serial, ()) if race_id in ("", one.owner.race_id)]
        near = [one for one in claims if one.away_ms(time_ms) <= INITIAL_WINDOW_MS]
        if not near:
            return next((one.owner for one in claims if one.race is None), None)
        nearest = min(near, key=lambda one: one.away_ms(time_ms))
        return next((one for one in near if one.is_assigned and one.is_beside(nearest)), nearest).owner

    def shares(self, serial: str, fixes: Fixes, race_id: str = "") -> dict[Owner | None, Fixes]:
        """The tracker's fixes by `owner_of` them, whoever has none left out. race_id: as there."""
        guns_ms = [one.race.gun_ms for one in self._claims.get(serial, ()) if one.race is not None]
        ends = [gun + side for gun in guns_ms for side in (-INITIAL_WINDOW_MS, INITIAL_WINDOW_MS + 1)]
        halves = [(one + other) // 2 + side for one, other in combinations(guns_ms, 2) for side in (0, 1)]
        # Between two of these moments nothing changes hands.
        bounds = sorted({0, len(fixes), *np.searchsorted(fixes.time_ms, ends + halves).tolist()})
        rows: dict[Owner | None, list[range]] = {}
        for first, end in pairwise(bounds):
            owner = self.owner_of(serial, int(fixes.time_ms[first]), race_id)
            rows.setdefault(owner, []).append(range(first, end))
        return {owner: fixes.select(np.concatenate(stretches)) for owner, stretches in rows.items()}

    def initial_of(self, race_id: str, fixes: Fixes | FewFixes) -> str:
        """The race, where some of its fixes are initial points or may become some by a recall; else ""."""
        race = self.races.get(race_id)
        return race.race_id if race is not None and race.may_be_initial(fixes) else ""
