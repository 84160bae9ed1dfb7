"""Looking at queues without touching them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from racecontrol.domain.priority import LANES
from racecontrol.queues.core import LANE_TABLE, QueueCore, check_whole, in_chunks
from racecontrol.queues.limits import MAX_MEMBERS
from racecontrol.queues.lua import queue_script
from racecontrol.queues.model import LaneStats, QueueStats, WaitingItem
from racecontrol.server.keys import queue_keys
from racecontrol.server.scripts import Call

_SCAN: Final = 100
"""Payloads looked at in one call, as many as a call adds: of bulk each may be some 100 KB."""


class Observer(QueueCore):
    """The part of the queue that screens read. Every answer is one snapshot of the server."""

    async def stats(self, queue: str) -> QueueStats:
        """One queue's numbers. Cost: one round trip, about 50 microseconds of the server."""
        return stats_of(queue, await self._run("stats", queue, [LANE_TABLE]))

    async def all_stats(self) -> tuple[QueueStats, ...]:
        """Every queue's numbers, in the order of screens. Cost: one round trip."""
        queues = tuple(self._keys)
        answers = await self._exchange(self._call_of("stats", queue, [LANE_TABLE]) for queue in queues)
        return tuple(stats_of(queue, reply) for queue, reply in zip(queues, answers.replies, strict=True))

    async def get_queue_stats(self) -> dict[str, dict[str, int]]:
        """The numbers under the names of the system replaced: {"live": {"total_pending": 12, ...}, ...}.

        Cost: one round trip.
        """
        return {
            stats.queue.removesuffix("_points"): {
                "total_pending": stats.total_pending,
                "ready": stats.ready,
                "leased": stats.leased,
                "delayed": stats.delayed,
                "dead": stats.dead,
                "points_pending": stats.points_pending,
            }
            for stats in await self.all_stats()
        }

    async def head(self, queue: str, n: int) -> tuple[WaitingItem, ...]:
        """The next `n` (1..1,000) items to be served, in order. Cost: one round trip."""
        check_whole("n", n, 1, MAX_MEMBERS)
        now_ms, *rows = await self._run("head", queue, [n])
        items = []
        for at in range(0, len(rows), 3):
            member, attempts, meta = rows[at : at + 3]
            _, priority, enqueued_ms, points = meta.split(b"|")
            items.append(
                WaitingItem(
                    member=member.decode(),
                    attempts=attempts,
                    priority=float(priority),
                    points=int(points),
                    age_ms=max(0, now_ms - int(enqueued_ms)),
                )
            )
        return tuple(items)

    async def waiting(self, queue: str, item_ids: Sequence[str]) -> list[str]:
        """Which of these are still to be processed: not done, not purged, no dead letters.

        Cost: one round trip; none for no ids.
        """
        calls = [self._call_of("waiting", queue, some) for some in in_chunks(item_ids, MAX_MEMBERS)]
        replies = (await self._exchange(calls)).replies
        return [item_id.decode() for reply in replies for item_id in reply]

    async def nobodys(self, queue: str) -> list[bytes]:
        """The payloads held that are of no race and no bib, in no order; dead letters' among them.

        Cost: a round trip for each 500 items held, of whatever flight.
        """
        found: list[bytes] = []
        cursor = b"0"
        while True:
            cursor, payloads = await self._run("scan_nobodys", queue, [cursor, _SCAN])
            found += payloads
            if cursor == b"0":
                return found


def stats_read(queue: str) -> Call:
    """The call of a batch whose answer `stats_of` reads."""
    return queue_script("stats").call(queue_keys(queue), [LANE_TABLE])


def stats_of(queue: str, reply: Sequence[Any]) -> QueueStats:
    """A queue's numbers from the script's flat answer: name, number, and so on."""
    counted: Mapping[str, int] = {
        name.decode(): number for name, number in zip(reply[::2], reply[1::2], strict=True)
    }
    ready, leased, delayed, dead = (counted[name] for name in ("ready", "leased", "delayed", "dead"))
    return QueueStats(
        queue=queue,
        now_ms=counted["now_ms"],
        ready=ready,
        leased=leased,
        delayed=delayed,
        dead=dead,
        held=ready + leased + delayed + dead,
        oldest_ms=counted["oldest_ms"],
        points_pending=counted["points_in"] - counted["points_out"] - counted["points_purged"],
        enqueued_items=counted["enqueued"],
        acked_items=counted["acked"],
        duplicate_items=counted["duplicates"],
        retried_items=counted["retried"],
        expired_items=counted["expired"],
        buried_items=counted["buried"],
        revived_items=counted["revived"],
        purged_items=counted["purged"],
        lost_items=counted["lost"],
        points_in=counted["points_in"],
        points_out=counted["points_out"],
        points_purged=counted["points_purged"],
        is_paused=bool(counted["is_paused"]),
        lanes={lane.name: _lane(lane.name, counted) for lane in LANES},
    )


def _lane(name: str, counted: Mapping[str, int]) -> LaneStats:
    return LaneStats(
        ready=counted[f"lane:{name}:ready"],
        items_in=counted[f"lane:{name}:items_in"],
        items_out=counted[f"lane:{name}:items_out"],
        points_in=counted[f"lane:{name}:points_in"],
        points_out=counted[f"lane:{name}:points_out"],
    )
