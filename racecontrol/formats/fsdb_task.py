"""A task's definition in an FSDB file: its cylinders and gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import asin, cos, radians, sin, sqrt
from typing import Final
from xml.etree import ElementTree

from racecontrol.domain.task import Task, Turnpoint, TurnpointKind
from racecontrol.domain.text import clean_name
from racecontrol.errors import FormatError
from racecontrol.formats.fsdb_fields import Record

DAY_MS: Final = 86_400_000
MOST_TURNPOINTS: Final = 100
_EARTH_M: Final = 6_371_000.0


def read_task_definition(
    definition: ElementTree.Element, title: str, name: str, offset_min: int
) -> tuple[Task, tuple[int, ...]]:
    """The task, and its start gates in UTC ms: one at least, rising.

    The task's times count from 00:00:00 UTC of the first gate's UTC day.
    Raises: FormatError naming the element and the attribute.
    """
    elements = definition.findall("FsTurnpoint")
    if not 2 <= len(elements) <= MOST_TURNPOINTS:
        advice = f"give it 2 to {MOST_TURNPOINTS} in FS"
        raise FormatError(f"task {title} has {len(elements)} turnpoints", path=name, advice=advice)
    record = Record(definition, name, offset_min)
    start_at = int(record.decimal("ss", 0, len(elements)) or 0)
    records = [Record(element, name, offset_min) for element in elements]
    gates_ms = _gates(definition, records, start_at, name, offset_min)
    if not gates_ms:
        raise FormatError(f"task {title} has no start gate", path=name, advice="set it in FS and save")
    day_ms = gates_ms[0] // DAY_MS * DAY_MS
    turnpoints = _turnpoints(records, start_at, int(record.decimal("es", 0, len(elements)) or 0))
    turnpoints[-1] = replace(turnpoints[-1], is_line=record.text("goal").upper() == "LINE")
    start = records[start_at - 1] if start_at else None
    task = Task(
        name=title,
        turnpoints=tuple(turnpoints),
        gates_ms=tuple(gate_ms - day_ms for gate_ms in gates_ms),
        open_ms=_since(day_ms, start.moment_ms("open") if start else None),
        close_ms=_since(day_ms, start.moment_ms("close") if start else None),
        deadline_ms=_since(day_ms, records[-1].moment_ms("close")),
    )
    return task, gates_ms


def _gates(
    definition: ElementTree.Element, records: Sequence[Record], start_at: int, name: str, offset_min: int
) -> tuple[int, ...]:
    """The gates; without one, the moment at which the start cylinder opens."""
    gates = [Record(gate, name, offset_min).moment_ms("open") for gate in definition.findall("FsStartGate")]
    if not gates and start_at:
        gates = [records[start_at - 1].moment_ms("open")]
    return tuple(sorted({gate_ms for gate_ms in gates if gate_ms is not None}))


def _turnpoints(records: Sequence[Record], start_at: int, end_at: int) -> list[Turnpoint]:
    turnpoints = [
        Turnpoint(
            name=clean_name(record.text("id")),
            lat_deg=record.needed("lat", -90, 90),
            lon_deg=record.needed("lon", -180, 180),
            radius_m=record.needed("radius", 0, 1_000_000),
            alt_m=round(record.decimal("altitude", -1000, 20_000) or 0),
            kind=_kind(number, len(records), start_at, end_at),
        )
        for number, record in enumerate(records, 1)
    ]
    if 0 < start_at < len(turnpoints):
        start, following = turnpoints[start_at - 1 : start_at + 1]
        turnpoints[start_at - 1] = replace(start, is_exit=not _lies_inside(following, start))
    return turnpoints


def _kind(number: int, last: int, start_at: int, end_at: int) -> TurnpointKind:
    if number == start_at:
        return TurnpointKind.SSS
    if number == end_at:
        return TurnpointKind.ESS
    if number == last:
        return TurnpointKind.GOAL
    return TurnpointKind.TAKEOFF if number == 1 and start_at > 1 else TurnpointKind.TURNPOINT


def _lies_inside(inner: Turnpoint, outer: Turnpoint) -> bool:
    """Whether a cylinder lies in another; FS has no other word for a start that is flown into."""
    return _distance_m(inner, outer) + inner.radius_m <= outer.radius_m


def _distance_m(one: Turnpoint, other: Turnpoint) -> float:
    lat, other_lat = radians(one.lat_deg), radians(other.lat_deg)
    half = sin((other_lat - lat) / 2) ** 2
    half += cos(lat) * cos(other_lat) * sin(radians(other.lon_deg - one.lon_deg) / 2) ** 2
    return 2 * _EARTH_M * asin(sqrt(half))


def _since(day_ms: int, moment_ms: int | None) -> int | None:
    return None if moment_ms is None else moment_ms - day_ms
