"""`expected.json`: what must come out of an invented race, told by what was put in.

For the race:

    race, gun_ms, pilots, flights_queued, points   as the start's report gives them
    rejected         bibs without a fix in the 24 h up to the gun: they cannot be started
    flights_stored   in the store after the start and a whole replay; points_stored likewise
    b_records        lines that claim to be a fix, of all pilots; repairs: lines by RepairKind
    bibs             the facts of each pilot, by bib

For each pilot, of all files together:

    name             cleaned, as screens show it
    role, state      what is odd about this pilot; the PilotState at the gun
    files            in tracks/, in the order in which they count
    fixes            kept, in total
    initial_points   of these, the ones of the 24 h up to the gun, its own second included
    stored           of these, the ones from 24 h before the gun on: all, or none
    sha256           `outcome.checksum` of the fixes; sha256_initial: of the initial points
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Final, TypedDict

from racecontrol.domain.race import PilotState
from racecontrol.domain.text import clean_name
from racecontrol.domain.track import RepairKind
from racecontrol.synthetic.outcome import checksum
from racecontrol.synthetic.race import SyntheticPilot, SyntheticRace
from racecontrol.synthetic.roles import STATES

DAY_MS: Final = 86_400_000


class PilotFacts(TypedDict):
    """The value of one bib."""

    name: str
    role: str
    state: str
    files: list[str]
    b_records: int
    repairs: dict[str, int]
    fixes: int
    initial_points: int
    stored: int
    sha256_initial: str
    sha256: str


def expected_json(race: SyntheticRace) -> str:
    """The text of the file."""
    return json.dumps(_document(race), ensure_ascii=False, indent=1) + "\n"


def _document(race: SyntheticRace) -> dict[str, object]:
    bibs = {pilot.bib: _facts(pilot, race.spec.gun_ms) for pilot in race.pilots}
    repairs: Counter[RepairKind] = sum((pilot.outcome.repairs for pilot in race.pilots), Counter())
    return {
        "race": race.spec.race_id,
        "gun_ms": race.spec.gun_ms,
        "pilots": len(race.pilots),
        "flights_queued": sum(facts["initial_points"] > 0 for facts in bibs.values()),
        "points": sum(facts["initial_points"] for facts in bibs.values()),
        "rejected": [bib for bib, facts in bibs.items() if not facts["initial_points"]],
        "flights_stored": sum(facts["stored"] > 0 for facts in bibs.values()),
        "points_stored": sum(facts["stored"] for facts in bibs.values()),
        "b_records": sum(pilot.outcome.b_records for pilot in race.pilots),
        "repairs": _by_name(repairs),
        "bibs": bibs,
    }


def _facts(pilot: SyntheticPilot, gun_ms: int) -> PilotFacts:
    fixes = pilot.outcome.fixes
    is_stored = fixes.time_ms >= gun_ms - DAY_MS
    initial = fixes.select(is_stored & (fixes.time_ms < gun_ms + 1000))
    return {
        "name": clean_name(pilot.person.name),
        "role": pilot.role.value,
        "state": STATES.get(pilot.role, PilotState.FLYING).value,
        "files": [file.name for file in pilot.files],
        "b_records": pilot.outcome.b_records,
        "repairs": _by_name(pilot.outcome.repairs),
        "fixes": len(fixes),
        "initial_points": len(initial),
        "stored": int(is_stored.sum()),
        "sha256_initial": checksum(initial),
        "sha256": checksum(fixes),
    }


def _by_name(repairs: Counter[RepairKind]) -> dict[str, int]:
    return {kind.value: repairs[kind] for kind in RepairKind if repairs[kind]}
