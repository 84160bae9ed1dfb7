"""Putting items in: any number at once, each exactly once whatever happens to the connection."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from racecontrol.domain.fixes import Fixes
from racecontrol.domain.operation import Method, Operation
from racecontrol.queues.auto import should_use_pipeline
from racecontrol.queues.checks import check_item
from racecontrol.queues.codec_header import race_bytes
from racecontrol.queues.core import LANE_TABLE, QueueCore
from racecontrol.queues.entries import (
    Entry,
    Given,
    Point,
    encoded,
    entries_of_items,
    entries_of_points,
)
from racecontrol.queues.exchange import Answers
from racecontrol.queues.initial import InitialOf
from racecontrol.queues.limits import CALL_BYTES, DEDUPE_MS, FIRST_CALL_ITEMS, MAX_CALL_ITEMS
from racecontrol.queues.lua import queue_script
from racecontrol.queues.metrics import races_of
from racecontrol.queues.model import NewItem, Receipt
from racecontrol.server.scripts import Argument, Call


@dataclass(slots=True)
class _Offered:
    """What one enqueue call has sent so far, and how."""

    is_pipelined: bool
    items: int = 0
    points: int = 0
    races: set[bytes] = field(default_factory=set)
    call_starts: list[int] = field(default_factory=list)

    def add_call(self, items: int, points: int) -> None:
        self.call_starts.append(self.items)
        self.items += items
        self.points += points


class Producer(QueueCore):
    """The part of the queue that takes items in. Every call is one `Operation` of the metrics."""

    async def enqueue(self, queue: str, items: Iterable[NewItem], *, use_pipeline: bool = True) -> Receipt:
        """Add items, each once: one whose id is held, or ended within 10 minutes, is a duplicate.

        Items of one priority are served in the order given. Of a list or tuple every item is checked
        before the first is sent; of an iterator, items are drawn while earlier ones are on their way.
        use_pipeline: calls of up to 100 items, several in flight; False for one call an item, each
        waited for.

        Raises: BadItem for an impossible item or queue; QueueError; ServerUnavailable once the resends
        are used up. A repeat with the same ids then adds what is missing and nothing twice.
        Cost: one round trip; with use_pipeline=False one an item.
        """
        with self._recorded(queue, use_pipeline) as offered:
            if not isinstance(items, Sequence):
                return await self._send(queue, map(check_item, items), offered, are_many=True)
            for item in items:
                check_item(item)
            return await self._send(queue, items, offered, are_many=_are_many(items))

    async def queue_points(
        self,
        queue: str,
        points: Sequence[Point] | Fixes,
        priority: float = 0,
        *,
        flight_id: str | None = None,
        item_id: str | None = None,
    ) -> int:
        """Add one list of points, and give how many are queued; of points with one time, the first.

        points: dicts with lat, lon and datetime (see `queues.points`), or `Fixes`. flight_id: whose
        they are, else each point's own. item_id: for a repeat that adds nothing; a fresh one by default.
        At most 5,000 points an item: more are cut in order, under ids that follow from item_id.

        Raises: BadItem naming the point and the field, then nothing was sent; ServerUnavailable.
        Cost: one round trip.
        """
        with self._recorded(queue, is_pipelined=False) as offered:
            entries = entries_of_points(points, priority, _source(queue), flight_id, item_id)
            offered.is_pipelined |= len(entries) > 1
            await self._send_entries(queue, entries, offered)
            return offered.points

    async def queue_points_batch(
        self, queue: str, items: Sequence[tuple[Given, float]], use_pipeline: bool = True
    ) -> int:
        """Add many items, and give how many were accepted: all that hold a point.

        items: ({"points": [...], "flight_id": ...}, priority) or (Fixes, priority). A dict may name
        race_id, bib, source, and item_id for a repeat that adds nothing. An item of more than 5,000
        points, or of several flights, is cut into several.

        Raises: BadItem naming item, point and field, then nothing was sent; ServerUnavailable.
        Cost: one round trip; with use_pipeline=False one an item.
        """
        with self._recorded(queue, use_pipeline) as offered:
            entries = entries_of_items(items, _source(queue))
            await self._send_entries(queue, entries, offered)
            return sum(1 for given, _ in items if _has_points(given))

    async def queue_with_auto_pipeline(self, queue: str, items: Sequence[tuple[Given, float]]) -> int:
        """`queue_points_batch`, pipelined where `should_use_pipeline` says so: no round trip to find out."""
        point_count = sum(_point_count(given) for given, _ in items)
        return await self.queue_points_batch(queue, items, self.should_pipeline(queue, point_count))

    def should_pipeline(self, queue: str, point_count: int) -> bool:
        """`should_use_pipeline` with the queue's depth as the last enqueue call of this process saw it."""
        return should_use_pipeline(point_count, self.pending_items(queue), self.thresholds)

    def pending_items(self, queue: str) -> int:
        """Items not yet processed, as the last enqueue call of this process saw it; 0 before the first."""
        return self._pending.get(queue, 0)

    async def _send_entries(self, queue: str, entries: Sequence[Entry], offered: _Offered) -> None:
        await self._send(queue, encoded(entries), offered, are_many=_are_many(entries))

    async def _send(
        self, queue: str, items: Iterable[NewItem], offered: _Offered, *, are_many: bool
    ) -> Receipt:
        if offered.is_pipelined:
            first = FIRST_CALL_ITEMS if are_many else MAX_CALL_ITEMS
            calls = self._calls(queue, items, first, MAX_CALL_ITEMS, offered)
            answers = await self._exchange(calls, teach=are_many)
            return self._receipt(queue, answers, offered)
        answers = Answers()
        for call in self._calls(queue, items, 1, 1, offered):
            one = await self._exchange([call])
            answers.replies += one.replies
            answers.round_trips += one.round_trips
        return self._receipt(queue, answers, offered)

    def _receipt(self, queue: str, answers: Answers, offered: _Offered) -> Receipt:
        added = sum(reply[0] for reply in answers.replies)
        points_added = sum(reply[1] for reply in answers.replies)
        if answers.replies:
            self._pending[queue] = answers.replies[-1][2]
        known = tuple(
            start + place
            for start, reply in zip(offered.call_starts, answers.replies, strict=True)
            for place in reply[3:]
        )
        return Receipt(added, offered.items - added, points_added, answers.round_trips, known)

    def _calls(
        self, queue: str, items: Iterable[NewItem], first: int, most: int, offered: _Offered
    ) -> Iterator[Call]:
        """The items in calls of at most CALL_BYTES, save for a single larger one.

        first: items at most of the first call. most: of every other.
        """
        script, keys = queue_script("enqueue"), self.keys_of(queue)
        args: list[Argument] = [DEDUPE_MS, LANE_TABLE]
        initial = InitialOf(queue)
        count = size = points = 0
        priority, priority_text = math.nan, ""
        for item in items:
            payload = item.payload
            if count and (count == first or size + len(payload) > CALL_BYTES):
                offered.add_call(count, points)
                yield initial.added_to(script.call(keys, args))
                first = most
                args = [DEDUPE_MS, LANE_TABLE]
                initial = InitialOf(queue)
                count = size = points = 0
            if item.initial_of:
                initial.add(count, item.initial_of)
            if item.priority != priority:
                priority, priority_text = item.priority, repr(float(item.priority))
            args += (item.item_id, priority_text, item.points, payload)
            offered.races.add(race_bytes(payload))
            count += 1
            size += len(payload)
            points += item.points
        if count:
            offered.add_call(count, points)
            yield initial.added_to(script.call(keys, args))

    @contextmanager
    def _recorded(self, queue: str, is_pipelined: bool) -> Iterator[_Offered]:
        """Record the call that the block is, however it ends."""
        offered = _Offered(is_pipelined or self.pipelines_all)
        created_at_ms, began_s = self._clock.now_ms(), self._clock.monotonic_s()
        outcome = "ok"
        try:
            yield offered
        except BaseException as exc:
            outcome = type(exc).__name__
            raise
        finally:
            method = Method.PIPELINE if offered.is_pipelined else Method.STANDARD
            duration_ms = (self._clock.monotonic_s() - began_s) * 1000
            counts = offered.points, offered.items, duration_ms
            races = races_of(offered.races)
            self.metrics.record(Operation(created_at_ms, queue, method, *counts, outcome, races))


def _are_many(items: Sequence[object]) -> bool:
    """Whether they go in several calls: from twice the first one's, its head start is worth its sync."""
    return len(items) > 2 * FIRST_CALL_ITEMS


def _source(queue: str) -> str:
    """What points of this queue are said to come from, unless they say it themselves."""
    return queue.removesuffix("_points")


def _point_count(given: Given) -> int:
    """Of an item not yet read: 0 where its points are no list, which reading it then refuses."""
    points = given if isinstance(given, Fixes) else given.get("points")
    return len(points) if isinstance(points, Fixes | Sequence) else 0


def _has_points(given: Given) -> bool:
    return bool(len(given) if isinstance(given, Fixes) else given["points"])
