"""Priorities and lanes. A higher number is served first, everywhere: in the API, in files, on screens."""

from __future__ import annotations

from dataclasses import dataclass

LIVE_POINTS = "live_points"
UPLOAD_POINTS = "upload_points"
FLYMASTER_POINTS = "flymaster_points"
SCORING_POINTS = "scoring_points"

QUEUES = (LIVE_POINTS, FLYMASTER_POINTS, UPLOAD_POINTS, SCORING_POINTS)
"""The four queues, in the order in which screens list them."""

SOS = 2000.0
RACE_START = 1000.0
LIVE = 100.0
NORMAL = 1.0
"""Named priorities: an SOS, a race start's initial points, a live tracker's points, what has no hurry."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A range of priorities of one queue: from `floor` up to the next lane's floor."""

    name: str
    floor: float


LANES = (
    Lane("sos", SOS),
    Lane("race", RACE_START),
    Lane("live", LIVE),
    Lane("normal", NORMAL),
    Lane("rest", float("-inf")),
)
"""Highest first. A lane is a score range, so it costs no key and needs no migration."""


def lane_of(priority: float) -> Lane:
    """The lane that serves items of this priority."""
    for lane in LANES:
        if priority >= lane.floor:
            return lane
    raise ValueError(f"no lane serves {priority}")
