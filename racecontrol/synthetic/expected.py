"""`expected.json`: what must come out of an invented race, told by what was put in.

race, gun_ms, pilots, flights_queued, points       as the start's report gives them
rejected: [bib, ...]                               pilots without a fix before the gun, by bib
flights, points_stored                             what the store holds after a replay to the end
b_records, repairs: {kind: lines}                  of all pilots, kinds as in `RepairKind`
bibs: {bib: ...}                                   each pilot:
    name                cleaned, as screens show it
    role                what is odd about this pilot
    state               at the gun, as in `PilotState`
    files               in tracks/, in the order in which they count
    b_records, repairs  of all files of the pilot together
    fixes               kept, in total
    initial_points      of these, the ones of the race's day up to the gun's second
    sha256_initial      `outcome.checksum` of the initial points
    sha256              `outcome.checksum` of all kept fixes
"""

from __future__ import annotations

import json
from collections import Counter

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.race import PilotState
from racecontrol.domain.text import clean_name
from racecontrol.domain.track import RepairKind
from racecontrol.synthetic.outcome import checksum
from racecontrol.synthetic.race import SyntheticPilot, SyntheticRace
from racecontrol.synthetic.roles import STATES

DAY_MS = 86_400_000


def expected(race: SyntheticRace) -> dict[str, object]:
    """The document, as JSON values."""
    initial = {pilot.bib: initial_fixes_of(race, pilot) for pilot in race.pilots}
    repairs: Counter[RepairKind] = sum((pilot.outcome.repairs for pilot in race.pilots), Counter())
    return {
        "race": race.spec.race_id,
        "gun_ms": race.spec.gun_ms,
        "pilots": len(race.pilots),
        "flights_queued": sum(len(fixes) > 0 for fixes in initial.values()),
        "points": sum(map(len, initial.values())),
        "rejected": [bib for bib, fixes in initial.items() if not len(fixes)],
        "b_records": sum(pilot.outcome.b_records for pilot in race.pilots),
        "repairs": _by_name(repairs),
        "bibs": {pilot.bib: _of_pilot(pilot, initial[pilot.bib]) for pilot in race.pilots},
    }


def expected_json(race: SyntheticRace) -> str:
    """The text of the file."""
    return json.dumps(expected(race), ensure_ascii=False, indent=1) + "\n"


def initial_fixes_of(race: SyntheticRace, pilot: SyntheticPilot) -> Fixes:
    """A pilot's fixes of the 24 h before the gun, the gun's own second included."""
    fixes = pilot.outcome.fixes
    is_initial = (fixes.time_ms >= race.spec.gun_ms - DAY_MS) & (fixes.time_ms < race.spec.gun_ms + 1000)
    return fixes.select(is_initial)


def _of_pilot(pilot: SyntheticPilot, initial: Fixes) -> dict[str, object]:
    return {
        "name": clean_name(pilot.person.name),
        "role": pilot.role.value,
        "state": STATES.get(pilot.role, PilotState.FLYING).value,
        "files": [file.name for file in pilot.files],
        "b_records": pilot.outcome.b_records,
        "repairs": _by_name(pilot.outcome.repairs),
        "fixes": len(pilot.outcome.fixes),
        "initial_points": len(initial),
        "sha256_initial": checksum(initial),
        "sha256": checksum(pilot.outcome.fixes),
    }


def _by_name(repairs: Counter[RepairKind]) -> dict[str, int]:
    return {kind.value: repairs[kind] for kind in RepairKind if repairs[kind]}
