"""What callers hand in (dicts of points, or `Fixes`), to the items of the queue.

All of it is read and checked before the first item is sent, so that a bad point in the last item
refuses the whole call. Small items of dicts are encoded while they are read. `Fixes` are checked
already: they are encoded while the server takes in those before them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias
from uuid import uuid4

from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.errors import BadItem
from racecontrol.queues.codec import encode
from racecontrol.queues.limits import ITEM_POINTS, MAX_CALL_BYTES, MAX_ID_BYTES
from racecontrol.queues.model import NewItem
from racecontrol.queues.points import points_to_fixes
from racecontrol.queues.points_batch import Encoded, read_items
from racecontrol.domain.points_one import read_points

Point: TypeAlias = Mapping[str, object]
Given: TypeAlias = Fixes | Mapping[str, object]
"""`Fixes`, or {"points": [...], "flight_id": ...}; race_id, bib, source and item_id are optional."""

_LONGEST_NAME = 100
_PIECE_BYTES = 24
"""Room in an id for ":flight:chunk"."""


@dataclass(frozen=True, slots=True)
class Unencoded:
    """Checked fixes on their way into the queue: one item, or several where they are many."""

    item_id: str
    priority: float
    fixes: Fixes


Entry: TypeAlias = NewItem | Unencoded


def new_id() -> str:
    """An id that nothing else has."""
    return uuid4().hex


def check_item(item: NewItem) -> NewItem:
    """The item, where the queue can hold it. Raises: BadItem naming it and what is wrong."""
    if not _takes(item.item_id, MAX_ID_BYTES):
        raise BadItem(f"an item's id takes 1 to {MAX_ID_BYTES} bytes, not {item.item_id[:40]!r}")
    check_priority(item.priority)
    if not 0 <= item.points <= 10**9 or item.points != int(item.points):
        raise BadItem(f"item {item.item_id}: {item.points!r} points")
    if not 0 < len(item.payload) <= MAX_CALL_BYTES:
        raise BadItem(
            f"item {item.item_id}: a payload of {len(item.payload)} bytes",
            advice=f"an item holds 1 to {MAX_CALL_BYTES} bytes; cut it",
        )
    return item


def check_priority(priority: float) -> float:
    """The priority as a float. Raises: BadItem for what has no place in an order, such as NaN."""
    try:
        number = float(priority)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise BadItem(f"priority {priority!r}", advice="give a finite number; higher is served first")
    return number


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
                entries[index] = _entries(f"{base}:{index}", number, [given])
                continue
            flight, points = _flight_of(given, source), _points_of(given)
            item_id = check_id(str(given.get("item_id") or f"{base}:{index}"))
            if flight.flight_id:
                listed.append(_Listed(index, item_id, number, flight, points))
            else:
                entries[index] = _entries(item_id, number, _by_flight(points, flight))
    except BadItem as exc:
        raise _naming(index, exc) from exc
    for one, part in zip(listed, _read_together(listed), strict=True):
        if isinstance(part, Fixes):
            entries[one.place] = _entries(one.item_id, one.priority, [part])
        else:
            entries[one.place] = (NewItem(one.item_id, one.priority, part.points, part.payload),)
    return list(chain.from_iterable(entries))


def encoded(entries: Iterable[Entry]) -> Iterator[NewItem]:
    """The queue items of the entries, each encoded when it is asked for."""
    for entry in entries:
        if isinstance(entry, NewItem):
            yield entry
            continue
        if len(entry.fixes) <= ITEM_POINTS:
            yield NewItem(entry.item_id, entry.priority, len(entry.fixes), encode(entry.fixes))
            continue
        for number, chunk in enumerate(entry.fixes.chunks(ITEM_POINTS)):
            yield NewItem(f"{entry.item_id}:{number}", entry.priority, len(chunk), encode(chunk))


@lru_cache(maxsize=4096)
def check_flight(flight: Flight) -> Flight:
    """The flight, where its names can be stored. Raises: BadItem."""
    if not flight.flight_id:
        raise BadItem("points without a flight", advice="give flight_id, or one in each point")
    for name in (flight.flight_id, flight.race_id, flight.bib, flight.source):
        if len(name) > _LONGEST_NAME or "\0" in name or not _takes(name, 4 * _LONGEST_NAME, at_least=0):
            raise BadItem(
                f"a flight named {name!r:.60}", advice=f"use text of at most {_LONGEST_NAME} characters"
            )
    return flight


def _takes(text: str, most: int, *, at_least: int = 1) -> bool:
    """Whether the text takes that many bytes. Lone surrogates, which JSON can bring, take none."""
    try:
        return at_least <= len(text.encode()) <= most
    except UnicodeEncodeError:
        return False


def check_id(item_id: str) -> str:
    """The id, where it leaves room for the numbers of pieces. Raises: BadItem."""
    if not _takes(item_id, MAX_ID_BYTES - _PIECE_BYTES):
        raise BadItem(
            f"item id {item_id[:40]!r}", advice=f"use text of at most {MAX_ID_BYTES - _PIECE_BYTES} bytes"
        )
    return item_id


class _Listed(NamedTuple):
    """A dict item of one flight. place: among the caller's items."""

    place: int
    item_id: str
    priority: float
    flight: Flight
    points: Sequence[Point]


def _read_together(listed: list[_Listed]) -> list[Encoded | Fixes]:
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
        return [Unencoded(item_id, priority, filled[0])]
    return [Unencoded(f"{item_id}:{number}", priority, part) for number, part in enumerate(filled)]


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
    if not isinstance(points, Sequence) or isinstance(points, str | bytes):
        raise BadItem("points is no list", advice="send {'points': [{'lat': …, 'lon': …, 'datetime': …}], …}")
    return points
