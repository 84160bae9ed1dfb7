"""The map panel: the task's cylinders, every pilot's last position, and a scale; north is up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from statistics import median

from racecontrol.desk.lines.braille import Canvas
from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.pilots import ROLES
from racecontrol.desk.lines.signs import Signs
from racecontrol.domain.race import PilotState
from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.telemetry.snapshot import PilotView

DEGREE_M = 111_320.0
"""Metres in a degree of latitude; of longitude it is times the cosine of the latitude."""

FAR_M = 60_000.0
"""A pilot further than this from the middle is only counted: one clock that was never set, at 0/0,
would shrink the race to a dot."""

NAME_CELLS = 10

_NAMES = {
    TurnpointKind.TAKEOFF: "TO",
    TurnpointKind.SSS: "SSS",
    TurnpointKind.ESS: "ESS",
    TurnpointKind.GOAL: "GOAL",
}
_ROUND_M = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)


@dataclass(frozen=True, slots=True)
class _Place:
    """Metres east and north of the middle, and the radius of what is there."""

    east_m: float
    north_m: float
    radius_m: float = 0.0

    @property
    def is_near(self) -> bool:
        return max(abs(self.east_m), abs(self.north_m)) < FAR_M


@dataclass(frozen=True, slots=True)
class _View:
    """How metres become dots. metres: of one dot. east_m, north_m: of the canvas's middle."""

    metres: float
    east_m: float
    north_m: float
    canvas: Canvas

    def dots(self, place: _Place) -> tuple[float, float]:
        x = self.canvas.width + (place.east_m - self.east_m) / self.metres
        y = self.canvas.height * 2 - (place.north_m - self.north_m) / self.metres
        return x, y

    def cell(self, place: _Place) -> tuple[int, int]:
        x, y = self.dots(place)
        return int(x // 2), int(y // 4)


def map_lines(
    pilots: Sequence[PilotView], task: Task | None, width: int, height: int, signs: Signs, chosen: str = ""
) -> list[Line]:
    """`height` lines of the map. chosen: the bib to point out, or ""."""
    located = [pilot for pilot in pilots if pilot.lat_deg is not None and pilot.lon_deg is not None]
    turnpoints = task.turnpoints if task else ()
    if height < 2 or width < 8:
        return []
    if not located and not turnpoints:
        return [(Span("no position yet", Role.MUTED),)]
    origin = _origin(located, turnpoints)
    cylinders = [
        (point, _placed(origin, point.lat_deg, point.lon_deg, point.radius_m)) for point in turnpoints
    ]
    spots = [(pilot, _placed(origin, pilot.lat_deg or 0.0, pilot.lon_deg or 0.0)) for pilot in located]
    near = [(pilot, spot) for pilot, spot in spots if spot.is_near]
    canvas = Canvas(width, height - 1, is_ascii=signs.is_ascii)
    view = _fitted(canvas, [place for _, place in (*near, *cylinders)])
    _draw_pilots(view, near, chosen, signs)
    _draw_task(view, cylinders)
    return [*canvas.lines(), _scale(view.metres, len(spots) - len(near), width, signs)]


def _origin(pilots: Sequence[PilotView], turnpoints: Sequence[Turnpoint]) -> tuple[float, float]:
    if turnpoints:
        lats = [point.lat_deg for point in turnpoints]
        lons = [point.lon_deg for point in turnpoints]
        return (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    # The median stands among the pilots even when some places are nonsense.
    return median(pilot.lat_deg or 0.0 for pilot in pilots), median(pilot.lon_deg or 0.0 for pilot in pilots)


def _placed(origin: tuple[float, float], lat_deg: float, lon_deg: float, radius_m: float = 0.0) -> _Place:
    east_m = (lon_deg - origin[1]) * DEGREE_M * cos(radians(origin[0]))
    return _Place(east_m, (lat_deg - origin[0]) * DEGREE_M, radius_m)


def _fitted(canvas: Canvas, places: Iterable[_Place]) -> _View:
    seen = list(places) or [_Place(0.0, 0.0)]
    west = min(place.east_m - place.radius_m for place in seen)
    east = max(place.east_m + place.radius_m for place in seen)
    south = min(place.north_m - place.radius_m for place in seen)
    north = max(place.north_m + place.radius_m for place in seen)
    across = (east - west) / max(1, canvas.width * 2 - 4)
    along = (north - south) / max(1, canvas.height * 4 - 4)
    return _View(max(across, along, 5.0), (west + east) / 2, (south + north) / 2, canvas)


def _draw_pilots(view: _View, spots: Sequence[tuple[PilotView, _Place]], chosen: str, signs: Signs) -> None:
    """Dots for all, those in trouble last so that they are on top, and a sign and the bib for the chosen."""
    for pilot, spot in sorted(spots, key=lambda entry: entry[0].state is not PilotState.FLYING):
        view.canvas.dot(*view.dots(spot), ROLES[pilot.state])
        if pilot.bib == chosen:
            name = f"{signs.selected}{pilot.bib}" if pilot.bib.isascii() else signs.selected
            view.canvas.label(*view.cell(spot), name, Role.ACCENT)


def _draw_task(view: _View, cylinders: Sequence[tuple[Turnpoint, _Place]]) -> None:
    """Names in the middle of cylinders where they hide no pilot, then circles where nothing else is."""
    for turnpoint, place in cylinders:
        name = _NAMES.get(turnpoint.kind, turnpoint.name[:NAME_CELLS])
        column, row = view.cell(place)
        column -= len(name) // 2
        hides = any(view.canvas.has_dot(column + offset, row) for offset in range(len(name)))
        if name.isascii() and not hides:
            view.canvas.label(column, row, name, Role.MUTED)
    for _, place in cylinders:
        view.canvas.circle(*view.dots(place), place.radius_m / view.metres, Role.MUTED)


def _scale(metres: float, far: int, width: int, signs: Signs) -> Line:
    """A bar of a round length, at most a third of the width, and how many pilots are off the map."""
    cell_m = metres * 2
    length = max((round_m for round_m in _ROUND_M if round_m / cell_m <= width / 3), default=_ROUND_M[0])
    cells = max(2, round(length / cell_m))
    start, middle, end = signs.scale
    said = f"{length / 1000:g} km" if length >= 1000 else f"{length} m"
    off = f"   {far} off the map" if far else ""
    return (Span(start + middle * (cells - 2) + end + " " + said, Role.MUTED), Span(off, Role.WARN))
