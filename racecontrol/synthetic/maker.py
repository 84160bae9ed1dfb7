"""Makes an invented race out of its spec: casts the parts, flies them, soils the files."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from racecontrol.domain.clock import utc
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.errors import ConfigError
from racecontrol.formats.igc_writer import Layout
from racecontrol.synthetic import names
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.dirt import nowhere
from racecontrol.synthetic.flight import Path
from racecontrol.synthetic.lines import Line, lines_of
from racecontrol.synthetic.logger import Logger, record
from racecontrol.synthetic.outcome import outcome_of
from racecontrol.synthetic.pilot import Plan, fly
from racecontrol.synthetic.race import RaceSpec, SyntheticPilot, SyntheticRace, TrackFile
from racecontrol.synthetic.roles import DIRT, ODD_ROLES, Part, Role, part_of

SILENT_BIB: Final = "118"
LANDED_BIB: Final = "259"

UNSET_CLOCK_MS: Final = 946_684_800_000
"""2000-01-01T00:00:00Z, what a clock shows that was never set."""

UNSET_JUMP_S: Final = 52_849
"""The jump of the one we have seen, when its receiver found the time of day but not the date."""

INTERVALS_S: Final = (5, 5, 5, 4, 5, 5, 3, 5, 5, 5, 2, 5, 5, 5, 5, 4, 5, 5, 5, 1)
"""One tracker after another; most at 5 s, so that 40 tracks stay under 3 MB."""

TWIN_ASIDE_M: Final = 6.0
"""How far two trackers in one bag seem to be apart, before noise."""

NAMES: Final = {
    Role.LATIN: names.Person(names.LATIN_NAME, "AUT"),
    Role.HOSTILE: names.Person(names.HOSTILE_NAME, "XXX"),
    Role.FORMULA: names.Person(names.FORMULA_NAME, "XXX"),
}


def make_race(spec: RaceSpec) -> SyntheticRace:
    """The race of a spec; the same spec makes the same race.

    Raises: ConfigError for fewer pilots than there are odd parts. Cost: about 15 ms a pilot.
    """
    dice = Dice(spec.seed)
    roles = _cast(spec, dice)
    persons = names.people(spec.pilots, dice)
    twin = next((number for number, role in enumerate(roles.values()) if role is Role.TWIN), 0)
    pilots = []
    for number, ((bib, role), person) in enumerate(zip(roles.items(), persons, strict=True)):
        path_number = twin if role is Role.TWIN_OF else number
        part = _part(spec, role, number)
        path = fly(
            _part(spec, roles[list(roles)[path_number]], path_number).plan, Dice(spec.seed, path_number, 2)
        )
        pilots.append(_pilot(spec, number, bib, role, NAMES.get(role, person), part, path))
    return SyntheticRace(spec, tuple(pilots))


def _cast(spec: RaceSpec, dice: Dice) -> dict[str, Role]:
    """Who plays what, by rising bib."""
    bibs = [str(number) for number in range(1, max(320, 2 * spec.pilots))]
    if not spec.is_dirty:
        return dict.fromkeys(dice.sample(bibs, spec.pilots), Role.CLEAN)
    special = {SILENT_BIB: Role.SILENT, LANDED_BIB: Role.LANDED}
    if spec.pilots < len(special) + len(ODD_ROLES):
        raise ConfigError(
            f"{spec.pilots} pilots cannot play {len(special) + len(ODD_ROLES)} odd parts",
            advice="ask for more pilots, or for a clean race",
        )
    others = dice.sample([bib for bib in bibs if bib not in special], spec.pilots - len(special))
    odd = dict(zip(dice.sample(others, len(ODD_ROLES)), ODD_ROLES, strict=True))
    cast = special | odd
    return {bib: cast.get(bib, Role.CLEAN) for bib in sorted([*others, *special], key=int)}


def _part(spec: RaceSpec, role: Role, number: int) -> Part:
    dice = Dice(spec.seed, number, 1)
    on_s = -dice.whole(2400, 4800) if dice.whole(0, 5) else -dice.whole(4800, 7200)
    until_s = spec.minutes * 60
    plan = Plan(
        on_s=on_s,
        launch_s=dice.whole(max(on_s + 200, -3600), -900),
        until_s=until_s,
        land_s=dice.whole(900, 3300) if dice.whole(1, 6) == 1 else None,
    )
    interval_s = INTERVALS_S[number % len(INTERVALS_S)]
    if interval_s == 1:
        plan = replace(plan, on_s=-2400, launch_s=-1500)
    return part_of(role, Part(plan, Logger(interval_s, has_barometer=number % 3 != 1)))


def _pilot(
    spec: RaceSpec, number: int, bib: str, role: Role, person: names.Person, part: Part, path: Path
) -> SyntheticPilot:
    flight = Flight(f"{spec.race_id}/{bib}", spec.race_id, bib, "igc")
    dice = Dice(spec.seed, number, 3)
    if role is Role.TWIN_OF:
        path = replace(path, x_m=path.x_m + TWIN_ASIDE_M)
    until_s = part.plan.until_s if part.silent_s is None else part.silent_s
    fixes = record(path, part.logger, flight, spec.gun_ms, dice, until_s)
    files = tuple(_files(spec, bib, role, person, part.logger, fixes, dice))
    tracker = f"{dice.whole(100_000, 999_999)}{number:03d}"
    outcome = outcome_of([file.lines for file in files], flight)
    return SyntheticPilot(bib, person, tracker, role, files, outcome)


def _files(
    spec: RaceSpec, bib: str, role: Role, person: names.Person, logger: Logger, fixes: Fixes, dice: Dice
) -> list[TrackFile]:
    if role is Role.NO_DATA:
        return []
    layout = Layout(position_digits=logger.position_digits)
    if role is Role.UNSET_CLOCK:
        lines = _with_unset_clock(fixes, layout)
    else:
        clean = lines_of(fixes, layout)
        lines = DIRT[role](clean, dice) if role in DIRT else clean
    first = TrackFile(
        name=f"{bib}.igc",
        day="010100" if role is Role.UNSET_CLOCK else _day(fixes),
        pilot_name=person.name,
        lines=tuple(lines),
        layout=layout,
        encoding="cp1252" if role is Role.LATIN else "utf-8",
    )
    if role is Role.TWO_FILES_ONE_EMPTY:
        return [replace(first, name=f"{bib}-1.igc", lines=()), replace(first, name=f"{bib}-2.igc")]
    if role is Role.TWO_FILES_OTHER_HEIGHTS:
        assert fixes.gnss_alt_m is not None
        higher = replace(fixes, gnss_alt_m=fixes.gnss_alt_m + np.int32(7))
        again = replace(first, name=f"{bib}-2.igc", lines=tuple(lines_of(higher, layout)))
        return [replace(first, name=f"{bib}-1.igc"), again]
    return [first]


def _with_unset_clock(fixes: Fixes, layout: Layout) -> list[Line]:
    """From midnight of the year 2000 at 0/0, then a jump to some time of day, still in the year 2000."""
    since_first_ms = fixes.time_ms - fixes.time_ms[0]
    first = nowhere(
        lines_of(replace(fixes, time_ms=UNSET_CLOCK_MS + since_first_ms).select(slice(0, 9)), layout)
    )
    jumped = replace(fixes, time_ms=UNSET_CLOCK_MS + since_first_ms + UNSET_JUMP_S * 1000)
    return first + lines_of(jumped.select(slice(9, len(fixes))), layout)


def _day(fixes: Fixes) -> str:
    return f"{utc(int(fixes.time_ms[0])):%d%m%y}"
