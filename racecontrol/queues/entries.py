"""What callers hand in (dicts of points, or `Fixes`), to the items of the queue.

All of it is read and checked before the first item is sent, so that a bad point in the last item
refuses the whole call. They are encoded while the server takes in those before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import TypeAlias
from uuid import uuid4

import msgspec

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.domain.points_one import read_points
from racecontrol.errors import BadItem
from racecontrol.queues.checks import check_flight, check_id, check_priority
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS
from racecontrol.queues.model import NewItem
from racecontrol.queues.points import points_to_fixes
from racecontrol.queues.points_batch import Part, PlainRows, read_items

Point: TypeAlias = Mapping[str, object]
Given: TypeAlias = Fixes | Mapping[str, object]
"""`Fixes`, or {"points": [...], "flight_id": ...}; race_id, bib, source and item_id are optional."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """Checked fixes on their way into the queue: one item, or several where they are many."""

    item_id: str
    priority: float
    part: Part


def new_id() -> str:
    """An id that nothing else has."""
    return uuid4().hex


def entries_of_points(
    points: Sequence[Point] | Fixes, priority: float, source: str, flight_id: str | None, item_id: str | None
) -> list[Entry]:
    """One list of points, as one entry a flight.

    source: for points that do not say it. Raises: BadItem naming the point and the field.
    """
    priority = check_priority(priority)
    item_id = new_id() if item_id is None else check_id(item_id)
    if isinstance(points, Fixes):
        flight = points.flight if flight_id is None else replace(points.flight, flight_id=flight_id)
        return _entries(item_id, priority, [points.of_flight(check_flight(flight))])
    if flight_id is not None:
        flight = check_flight(Flight(flight_id, source=source))
        return _entries(item_id, priority, [points_to_fixes(points, flight)])
    return _entries(item_id, priority, _by_flight(points, Flight("", source=source)))


def entries_of_items(items: Sequence[tuple[Given, float]], source: str) -> list[Entry]:
    """Many items, as entries in their order.

    Raises: BadItem naming the item, the point and the field.
    """
    base = new_id()
    entries: list[Sequence[Entry]] = [()] * len(items)
    listed: list[_Listed] = []
    index = 0
    try:
        for index, (given, priority) in enumerate(items):
            number = check_priority(priority)
            if isinstance(given, Fixes):
                check_flight(given.flight)
                if len(given):
                    entries[index] = (Entry(f"{base}:{index}", number, given),)
                continue
            flight, points = _flight_of(given, source), _points_of(given)
            own_id = given.get("item_id")
            item_id = check_id(str(own_id)) if own_id else f"{base}:{index}"
            if flight.flight_id:
                listed.append(_Listed(index, item_id, number, flight, points))
            else:
                entries[index] = _entries(item_id, number, _by_flight(points, flight))
    except BadItem as exc:
        raise _naming(index, exc) from exc
    for one, part in zip(listed, _read_together(listed), strict=True):
        if isinstance(part, PlainRows):
            entries[one.place] = (Entry(one.item_id, one.priority, part),)
        else:
            entries[one.place] = _entries(one.item_id, one.priority, [part])
    return list(chain.from_iterable(entries))


def encoded(entries: Iterable[Entry]) -> Iterator[NewItem]:
    """The queue items of the entries, each encoded when it is asked for."""
    for entry in entries:
        part = entry.part
        if isinstance(part, PlainRows):
            yield NewItem(entry.item_id, entry.priority, part.points, part.payload())
        elif len(part) <= ITEM_POINTS:
            yield NewItem(entry.item_id, entry.priority, len(part), encode(part))
        else:
            for number, chunk in enumerate(part.chunks(ITEM_POINTS)):
                yield NewItem(f"{entry.item_id}:{number}", entry.priority, len(chunk), encode(chunk))


class _Listed(msgspec.Struct, frozen=True, gc=False):
    """A dict item of one flight. place: among the caller's items."""

    place: int
    item_id: str
    priority: float
    flight: Flight
    points: Sequence[Point]


def _read_together(listed: list[_Listed]) -> list[Part]:
    try:
        return read_items([(one.flight, one.points) for one in listed])
    except BadItem:
        # It numbers the items it got; ours stand among others. The first bad one is told, as above.
        for one in listed:
            try:
                read_points(one.points)
            except BadItem as exc:
                raise _naming(one.place, exc) from exc
        raise


def _naming(index: int, fault: BadItem) -> BadItem:
    """The same fault, with the item that has it."""
    return BadItem(f"item {index}: {fault.what}", advice=fault.advice)


def _entries(item_id: str, priority: float, parts: Sequence[Fixes]) -> list[Entry]:
    """One entry a part that has points. Several get numbers, so that a repeat has the same ids."""
    filled = [part for part in parts if len(part)]
    if len(filled) == 1:
        return [Entry(item_id, priority, filled[0])]
    return [Entry(f"{item_id}:{number}", priority, part) for number, part in enumerate(filled)]


def _by_flight(points: Sequence[Point], of: Flight) -> list[Fixes]:
    """The points' fixes, one a flight, in the order in which the flights first appear."""
    flights: dict[str, list[Point]] = {}
    for index, point in enumerate(points):
        flight_id = _own_flight_id(point)
        if flight_id is None:
            raise BadItem(
                f"point {index}: flight_id is missing", advice="give flight_id, or one in each point"
            )
        flights.setdefault(flight_id, []).append(point)
    try:
        return [
            points_to_fixes(own, check_flight(replace(of, flight_id=flight_id)))
            for flight_id, own in flights.items()
        ]
    except BadItem:
        # Raises for the same point under its number in the whole list.
        read_points(points)
        raise


def _own_flight_id(point: object) -> str | None:
    flight_id = point.get("flight_id") if isinstance(point, Mapping) else None
    return flight_id if flight_id and isinstance(flight_id, str) else None


def _flight_of(given: Mapping[str, object], source: str) -> Flight:
    """The item's flight; without a flight_id where each point has its own."""
    get = given.get
    try:
        return _named_flight(get("flight_id"), get("race_id"), get("bib"), get("source") or source)
    except TypeError as exc:
        # A list or a dict cannot be looked up in the cache.
        raise _no_text() from exc


@lru_cache(maxsize=4096)
def _named_flight(*names: object) -> Flight:
    if not all(name is None or isinstance(name, str) for name in names):
        raise _no_text()
    flight = Flight(*(str(name or "") for name in names))
    return check_flight(flight) if flight.flight_id else flight


def _no_text() -> BadItem:
    return BadItem("flight_id, race_id, bib and source are text")


def _points_of(given: Mapping[str, object]) -> Sequence[Point]:
    points = given.get("points")
    # What nearly all are; asking whether it is a sequence takes four times as long.
    if type(points) is list:
        return points
    if not isinstance(points, Sequence) or isinstance(points, str | bytes):
        raise BadItem("points is no list", advice="send {'points': [{'lat': …, 'lon': …, 'datetime': …}], …}")
    return points
