"""The parts that pilots play in an invented race, and what each does to plan, tracker and file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from racecontrol.domain.race import PilotState
from racecontrol.synthetic import dirt
from racecontrol.synthetic.logger import Logger
from racecontrol.synthetic.pilot import Plan


class Role(StrEnum):
    """What is odd about a pilot, the tracker, or the file."""

    CLEAN = "clean"
    SILENT = "silent since 806 s before the gun"
    LANDED = "landed half an hour before the gun"
    GROUND = "still on takeoff at the gun"
    NO_DATA = "no track"
    UNSET_CLOCK = "a clock that was never set"
    TWIN = "carries another pilot's tracker as well"
    TWIN_OF = "whose tracker is in another pilot's bag"
    RETRANSMIT = "a retransmit loop"
    STEP_BACK = "small steps back in time, a false midnight"
    LATE_PACKETS = "packets that come late"
    CONTRADICT = "two positions at one time"
    LOST_PACKETS = "packets that never came"
    NOWHERE = "V fixes at 0/0"
    FLAT = "V fixes with a position and no height"
    DAMAGED = "damaged lines"
    LATIN = "a file in Windows-1252"
    HOSTILE = "a name made to harm a terminal"
    FORMULA = "a name made to harm a spreadsheet"
    TWO_FILES_ONE_EMPTY = "two files, one empty"
    TWO_FILES_OTHER_HEIGHTS = "two files, same positions, other heights"
    FINE = "a file with LAD and LOD"


ODD_ROLES: Final = tuple(role for role in Role if role not in {Role.CLEAN, Role.SILENT, Role.LANDED})
"""Those that any pilot can play; the silent and the landed one have bibs of their own."""

DIRT: Final[dict[Role, dirt.Dirt]] = {
    Role.RETRANSMIT: dirt.retransmit,
    Role.STEP_BACK: dirt.step_back,
    Role.LATE_PACKETS: dirt.delay_packets,
    Role.CONTRADICT: dirt.contradict,
    Role.LOST_PACKETS: dirt.lose_packets,
    Role.NOWHERE: dirt.start_nowhere,
    Role.FLAT: dirt.lose_height,
    Role.DAMAGED: dirt.damage,
}

STATES: Final = {
    Role.SILENT: PilotState.SILENT,
    Role.LANDED: PilotState.LANDED,
    Role.GROUND: PilotState.GROUND,
    Role.NO_DATA: PilotState.NO_DATA,
    Role.UNSET_CLOCK: PilotState.NO_DATA,
    Role.TWIN: PilotState.TWIN,
    Role.TWIN_OF: PilotState.TWIN,
}
"""What a pilot of that role is at the gun; all others are flying."""

SILENT_S: Final = -806
"""The last fix of the silent tracker, in seconds after the gun."""


@dataclass(frozen=True, slots=True)
class Part:
    """One pilot's part. silent_s: the tracker's last second, None for the plan's end."""

    plan: Plan
    logger: Logger
    silent_s: int | None = None


def part_of(role: Role, part: Part) -> Part:
    """The usual part, changed as the role wants it."""
    plan, logger = part.plan, part.logger
    match role:
        case Role.SILENT:
            return Part(replace(plan, on_s=SILENT_S - 3500, launch_s=SILENT_S - 2000), Logger(5), SILENT_S)
        case Role.LANDED:
            until_s = min(plan.until_s, 600)
            return replace(part, plan=Plan(on_s=-5400, launch_s=-4200, until_s=until_s, land_s=-2400))
        case Role.GROUND:
            return replace(part, plan=replace(plan, launch_s=500))
        case Role.RETRANSMIT:
            return Part(Plan(on_s=-1500, launch_s=-1200, until_s=min(plan.until_s, 300)), Logger(5))
        case Role.LOST_PACKETS:
            return replace(part, logger=replace(logger, interval_s=3))
        case Role.DAMAGED:
            # What a cut line seems to say of the pressure must not pass for a sensor.
            return replace(part, logger=replace(logger, has_barometer=False))
        case Role.FINE:
            return replace(part, logger=replace(logger, position_digits=2))
        case Role.TWO_FILES_OTHER_HEIGHTS:
            return replace(part, plan=replace(plan, until_s=min(plan.until_s, 900)), logger=Logger(5))
    return part
