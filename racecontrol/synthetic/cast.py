"""Who flies an invented race, with what tracker and in which part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from racecontrol.errors import ConfigError
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.logger import Logger
from racecontrol.synthetic.names import FORMULA_NAME, HOSTILE_NAME, LATIN_NAME, Person, people
from racecontrol.synthetic.pilot import Plan
from racecontrol.synthetic.race import RaceSpec
from racecontrol.synthetic.roles import ODD_ROLES, Part, Role, part_of

SPECIAL_BIBS: Final = {"118": Role.SILENT, "259": Role.LANDED}

INTERVALS_S: Final = (5, 5, 5, 4, 5, 5, 3, 5, 5, 5, 2, 5, 5, 5, 5, 4, 5, 5, 5, 1)
"""One tracker after another; most at 5 s, so that 40 tracks stay under 3 MB."""

_PLAYED_NAMES: Final = {
    Role.LATIN: Person(LATIN_NAME, "AUT"),
    Role.HOSTILE: Person(HOSTILE_NAME, "XXX"),
    Role.FORMULA: Person(FORMULA_NAME, "XXX"),
}
_PLANS: Final = 1
"""The stream of chance that plans are drawn from."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One pilot's place in the race. number: in the roster, from 0. tracker: its serial."""

    number: int
    bib: str
    role: Role
    person: Person
    tracker: str
    part: Part


def entries(spec: RaceSpec) -> list[Entry]:
    """All pilots by rising bib.

    Raises: ConfigError for fewer pilots than there are odd parts.
    """
    dice = Dice(spec.seed)
    cast = _cast(spec, dice)
    persons = people(spec.pilots, dice)
    return [
        Entry(
            number,
            bib,
            role,
            _PLAYED_NAMES.get(role, person),
            f"{dice.whole(100_000, 999_999)}{number:03d}",
            _part(spec, role, number),
        )
        for number, ((bib, role), person) in enumerate(zip(cast, persons, strict=True))
    ]


def _cast(spec: RaceSpec, dice: Dice) -> list[tuple[str, Role]]:
    bibs = [str(number) for number in range(1, max(320, 2 * spec.pilots))]
    if not spec.is_dirty:
        return [(bib, Role.CLEAN) for bib in dice.sample(bibs, spec.pilots)]
    least = len(SPECIAL_BIBS) + len(ODD_ROLES)
    if spec.pilots < least:
        raise ConfigError(
            f"{spec.pilots} pilots cannot play {least} odd parts",
            advice="ask for more pilots, or for a clean race",
        )
    others = dice.sample([bib for bib in bibs if bib not in SPECIAL_BIBS], spec.pilots - len(SPECIAL_BIBS))
    odd = dict(zip(dice.shuffled(others), ODD_ROLES, strict=False))
    roles = dict.fromkeys(others, Role.CLEAN) | odd | SPECIAL_BIBS
    return sorted(roles.items(), key=lambda item: int(item[0]))


def _part(spec: RaceSpec, role: Role, number: int) -> Part:
    dice = Dice(spec.seed, number, _PLANS)
    interval_s = spec.interval_s or INTERVALS_S[number % len(INTERVALS_S)]
    on_s = -dice.whole(2400, 4800) if dice.whole(0, 5) else -dice.whole(4800, 7200)
    if spec.initial_points is not None:
        on_s = -(spec.initial_points - 1) * interval_s
    elif interval_s == 1:
        on_s = -2400  # a file at 1 Hz is the largest of all
    plan = Plan(
        on_s=on_s,
        launch_s=dice.whole(max(on_s + 200, -3600), -900),
        until_s=spec.minutes * 60,
        land_s=dice.whole(900, 3300) if dice.whole(1, 6) == 1 else None,
    )
    return part_of(role, Part(plan, Logger(interval_s, has_barometer=number % 3 != 1)))
