"""`Roll`: whose points are whose: the rosters of all races, and what operators assigned.

Pure; `pipeline.roll_watch` keeps a process's own up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.race import INITIAL_WINDOW_MS, Race

TRACKER: Final = "tracker"
"""What the flight id of a tracker that nobody owns begins with: tracker/SERIAL, or tracker@RACE/SERIAL."""

_LONGEST_ID: Final = 100


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


def may_move(flight: Flight, owner: Owner) -> bool:
    """A tracker's points may become this pilot's: their sender is of the pilot's race, or of none."""
    _, _, race_id = flight.flight_id.partition("/")[0].partition("@")
    return race_id in ("", owner.race_id)


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
class Roll:
    """races: by id. assignments: by tracker serial."""

    races: Mapping[str, Race] = field(default_factory=dict)
    assignments: Mapping[str, Owner] = field(default_factory=dict)
    _bibs: Mapping[str, frozenset[str]] = field(init=False)
    _rostered: Mapping[str, tuple[Owner, ...]] = field(init=False)

    def __post_init__(self) -> None:
        rostered: dict[str, tuple[Owner, ...]] = {}
        for race in self.races.values():
            for serial, bib in race.roster.items():
                rostered[serial] = (*rostered.get(serial, ()), Owner(race.race_id, bib))
        bibs = {race.race_id: frozenset(pilot.bib for pilot in race.pilots) for race in self.races.values()}
        object.__setattr__(self, "_rostered", rostered)
        object.__setattr__(self, "_bibs", bibs)

    def knows(self, race_id: str) -> bool:
        """There is a race of this id, so its bibs are those of its roster."""
        return race_id in self._bibs

    def is_rostered(self, race_id: str, bib: str) -> bool:
        """The race has a pilot of this bib."""
        return bib in self._bibs.get(race_id, ())

    def owner_of(self, serial: str, time_ms: int, race_id: str = "") -> Owner | None:
        """Who flies with the tracker; None where nobody does.

        An operator's assignment stands over rosters. Of several races that list the serial it is the
        one whose gun is nearest to `time_ms`, and within a day of it: yesterday's race takes no points.
        race_id: the only race that may be meant, "" for any.
        """
        assigned = self.assignments.get(serial)
        if assigned and race_id in ("", assigned.race_id):
            return assigned
        near = [
            (away_ms, owner)
            for owner in self._rostered.get(serial, ())
            if race_id in ("", owner.race_id)
            and (away_ms := abs(self.races[owner.race_id].gun_ms - time_ms)) <= INITIAL_WINDOW_MS
        ]
        return min(near, key=lambda one: one[0])[1] if near else None

    def initial_of(self, race_id: str, fixes: Fixes | FewFixes) -> str:
        """The race, where some of its fixes are initial points or may become some by a recall; else ""."""
        race = self.races.get(race_id)
        return race.race_id if race is not None and race.may_be_initial(fixes) else ""
