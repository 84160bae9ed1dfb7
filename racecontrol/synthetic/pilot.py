"""What an invented pilot does: wait at takeoff, thermal near the start until the gun, race, land."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from racecontrol.domain.task import Turnpoint
from racecontrol.synthetic.area import to_plane
from racecontrol.synthetic.course import COURSE, TAKEOFF
from racecontrol.synthetic.dice import Dice
from racecontrol.synthetic.flight import CLOUD_BASE_M, Path, Wing

LAUNCH_M = 350
"""How far pilots glide from the launch into the valley before their first turn."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When a pilot does what, in seconds after the gun.

    on_s: the tracker is switched on; launch_s, until_s: takes off; the path ends.
    land_s: gives up and lands at the first chance after this, None for never.
    """

    on_s: int
    launch_s: int
    until_s: int
    land_s: int | None = None


def fly(plan: Plan, dice: Dice) -> Path:
    """The path of a pilot with this plan. Ends at the end of the stretch in which `until_s` lies."""
    x_m, y_m = to_plane(TAKEOFF.lat_deg, TAKEOFF.lon_deg)
    wing = Wing(dice, plan.on_s, x_m + dice.between(-60, 60), y_m + dice.between(-40, 40))
    wing.rest(min(plan.launch_s, plan.until_s) - wing.second)
    if wing.second < plan.until_s:
        _wait_in_the_air(wing, plan)
        _race(wing, plan)
        if wing.second < plan.until_s:
            wing.land()
            wing.rest(plan.until_s - wing.second)
    return wing.path


def _ends(wing: Wing, plan: Plan) -> bool:
    return wing.second >= plan.until_s or (plan.land_s is not None and wing.second >= plan.land_s)


def _wait_in_the_air(wing: Wing, plan: Plan) -> None:
    """Climb at the house thermals between takeoff and the start cylinder until the gun, give or take."""
    leave_s = wing.dice.whole(-40, 25)
    wing.glide_to(wing.x_m + LAUNCH_M, wing.y_m)
    while wing.second < leave_s and not _ends(wing, plan):
        top_m = wing.dice.between(1900, CLOUD_BASE_M)
        if wing.alt_m < top_m - 200:
            wing.climb_to(top_m)
        wait_x, wait_y = to_plane(TAKEOFF.lat_deg, TAKEOFF.lon_deg)
        wing.hop_to(wait_x + wing.dice.between(-1500, 300), wait_y + wing.dice.between(-1500, 900))


def _race(wing: Wing, plan: Plan) -> None:
    for turnpoint in COURSE[1:]:
        _fly_to(wing, turnpoint, plan)
        if _ends(wing, plan):
            return


def _fly_to(wing: Wing, turnpoint: Turnpoint, plan: Plan) -> None:
    centre_x, centre_y = to_plane(turnpoint.lat_deg, turnpoint.lon_deg)
    while not _ends(wing, plan):
        east, north = centre_x - wing.x_m, centre_y - wing.y_m
        distance_m = hypot(east, north)
        to_edge_m = distance_m - turnpoint.radius_m * 0.95
        if to_edge_m <= 0:
            return
        part = min(to_edge_m + 50, wing.dice.between(2000, 4500)) / distance_m
        wing.hop_to(wing.x_m + east * part, wing.y_m + north * part)
