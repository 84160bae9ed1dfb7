"""The values that cross the queue's border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec


class NewItem(msgspec.Struct, frozen=True, gc=False):
    """An item to enqueue. item_id: unique for its work, so a repeat adds nothing. points: fixes inside.

    initial_of: the race whose initial points the payload is one of, or may become; "" for none.
    A struct, as `LeasedItem`, since thousands are made at once: a named tuple takes four times as long.
    """

    item_id: str
    priority: float
    points: int
    payload: bytes
    initial_of: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an enqueue did. added + duplicates = items offered: all of them are safe in the server now.

    round_trips: waits for the server; calls sent without waiting for each other count as one.
    duplicate_places: which of the items offered, from 0.
    """

    added: int
    duplicates: int
    points_added: int
    round_trips: int
    duplicate_places: tuple[int, ...] = ()


class LeasedItem(msgspec.Struct, frozen=True, gc=False):
    """An item in the hands of a worker.

    member: 16-digit server sequence and item id; with `attempt` the fencing token of nack and
    extend. enqueued_ms: server time.
    """

    member: str
    attempt: int
    priority: float
    enqueued_ms: int
    points: int
    payload: bytes

    @property
    def item_id(self) -> str:
        return self.member[16:]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a lease gave. wait_ms: how long the caller may sleep on the marker when `items` is empty."""

    items: tuple[LeasedItem, ...]
    wait_ms: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An item that could not be processed, with the reason. died_ms: server time."""

    member: str
    priority: float
    points: int
    enqueued_ms: int
    died_ms: int
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class WaitingItem:
    """An item at the head of a queue. age_ms: since it was enqueued, by the server's clock."""

    member: str
    attempts: int
    priority: float
    points: int
    age_ms: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was taken back of one race and pass, in all withdrawals of it; `leased` are in workers' hands."""

    items: int
    points: int
    leased: int


@dataclass(frozen=True, slots=True)
class LaneStats:
    """One lane of one queue. Counters only rise."""

    ready: int = 0
    items_in: int = 0
    items_out: int = 0
    points_in: int = 0
    points_out: int = 0


@dataclass(frozen=True, slots=True)
class QueueStats:
    """One queue at one moment of the server's clock. Counters only rise, save after a server lost its data.

    held = ready + leased + delayed + dead. enqueued_items = acked_items + held + purged_items + lost_items.
    points_pending = points_in - points_out - points_purged. oldest_ms: age of the oldest item that
    is ready, leased or delayed.
    """

    queue: str
    now_ms: int
    ready: int = 0
    leased: int = 0
    delayed: int = 0
    dead: int = 0
    held: int = 0
    oldest_ms: int = 0
    points_pending: int = 0
    enqueued_items: int = 0
    acked_items: int = 0
    duplicate_items: int = 0
    retried_items: int = 0
    expired_items: int = 0
    buried_items: int = 0
    revived_items: int = 0
    purged_items: int = 0
    lost_items: int = 0
    points_in: int = 0
    points_out: int = 0
    points_purged: int = 0
    is_paused: bool = False
    lanes: Mapping[str, LaneStats] = field(default_factory=dict)

    @property
    def total_pending(self) -> int:
        """Items still to be processed: ready, leased and delayed."""
        return self.ready + self.leased + self.delayed
