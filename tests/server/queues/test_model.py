"""Fault Q16: the queue against a small model of it: any sequence of calls gives what the model gives."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from racecontrol.queues.limits import DEDUPE_MS, LEASE_MS, MAX_ATTEMPTS
from racecontrol.queues.model import LeasedItem, NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import open_client
from tests.server.checker import check_queues
from tests.server.queue_tools import LIVE, ask, ids, let_time_pass
from tests.server.tools import ValkeyProcess

T = TypeVar("T")

STEP_MS = 101_000
"""More than any lease or delay, and no divisor of the window."""

ITEM_IDS = st.sampled_from(["a", "b", "c", "d", "e", "f", "g"])
PRIORITIES = st.sampled_from([-5.5, 0, 1, 1000])
PICKS = st.lists(st.integers(0, 30), max_size=4)


@dataclass(slots=True)
class ModelItem:
    """state: ready, leased, delayed or dead. until_ms: when a lease or a delay ends."""

    item_id: str
    sequence: int
    priority: float
    state: str = "ready"
    attempt: int = 0
    base: int = 0
    until_ms: int = 0

    @property
    def is_spent(self) -> bool:
        return self.attempt - self.base >= MAX_ATTEMPTS


class Model:
    """What a queue should do, without a server."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.sequence = 0
        self.items: dict[str, ModelItem] = {}
        self.done_ms: dict[str, int] = {}

    def enqueue(self, item_id: str, priority: float) -> bool:
        is_known = item_id in self.items or self.done_ms.get(item_id, -DEDUPE_MS) > self.now_ms - DEDUPE_MS
        if not is_known:
            self.sequence += 1
            self.items[item_id] = ModelItem(item_id, self.sequence, priority)
        return not is_known

    def lease(self, n: int) -> list[str]:
        for item in self.items.values():
            if item.state in ("leased", "delayed") and item.until_ms <= self.now_ms:
                item.state = "dead" if item.state == "leased" and item.is_spent else "ready"
        ready = sorted(self.in_state("ready"), key=lambda item: (-item.priority, item.sequence))[:n]
        fresh = next((place for place, item in enumerate(ready) if item.attempt), len(ready))
        taken = ready[: max(1, fresh)]
        for item in taken:
            item.state, item.until_ms, item.attempt = "leased", self.now_ms + LEASE_MS, item.attempt + 1
        return [item.item_id for item in taken]

    def held(self, member: str) -> ModelItem | None:
        item = self.items.get(member[16:])
        return item if item is not None and item.sequence == int(member[:16]) else None

    def holds(self, leased: LeasedItem) -> ModelItem | None:
        item = self.held(leased.member)
        is_holder = item is not None and item.state == "leased" and item.until_ms > self.now_ms
        return item if is_holder and item is not None and item.attempt == leased.attempt else None

    def end(self, member: str) -> bool:
        item = self.held(member)
        if item is not None:
            del self.items[item.item_id]
            self.done_ms[item.item_id] = self.now_ms
        return item is not None

    def nack(self, leased: LeasedItem) -> bool:
        item = self.holds(leased)
        if item is not None:
            item.state, item.until_ms = ("dead" if item.is_spent else "delayed"), self.now_ms + STEP_MS
        return item is not None

    def bury(self, leased: LeasedItem) -> bool:
        item = self.holds(leased)
        if item is not None:
            item.state = "dead"
        return item is not None

    def revive(self, member: str) -> bool:
        item = self.held(member)
        if item is None or item.state != "dead":
            return False
        item.state, item.base = "ready", item.attempt
        return True

    def in_state(self, state: str) -> list[ModelItem]:
        return [item for item in self.items.values() if item.state == state]


class QueueMachine(RuleBasedStateMachine):
    """Drives the queue and the model side by side. Old leases are kept and used again, late as they are."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.client = open_client(url)
        self.run(ask(self.client, "FLUSHALL"))
        self.queue = PriorityQueue(self.client)
        self.model = Model()
        self.leases: list[LeasedItem] = []

    def run(self, call: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(call)

    def picked(self, picks: list[int]) -> list[LeasedItem]:
        """Some leases of now and before, none twice."""
        places = sorted({pick % len(self.leases) for pick in picks})
        by_member = {self.leases[place].member: self.leases[place] for place in places}
        return list(by_member.values())

    @rule(new=st.lists(st.tuples(ITEM_IDS, PRIORITIES), max_size=6), use_pipeline=st.booleans())
    def enqueue(self, new: list[tuple[str, float]], use_pipeline: bool) -> None:
        items = [NewItem(item_id, priority, 3, b"payload") for item_id, priority in new]
        receipt = self.run(self.queue.enqueue(LIVE, items, use_pipeline=use_pipeline))
        assert receipt.added == sum(self.model.enqueue(item_id, priority) for item_id, priority in new)

    @rule(n=st.integers(1, 5))
    def take(self, n: int) -> None:
        self.lease(n)

    def lease(self, n: int) -> None:
        batch = self.run(self.queue.lease_batch(LIVE, n))
        assert ids(batch) == self.model.lease(n)
        self.leases += batch.items

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS)
    def ack(self, picks: list[int]) -> None:
        items = self.picked(picks)
        assert self.run(self.queue.ack(LIVE, items)) == sum(self.model.end(item.member) for item in items)

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS, n=st.integers(1, 5))
    def ack_and_lease(self, picks: list[int], n: int) -> None:
        items = self.picked(picks)
        batch = self.run(self.queue.ack_and_lease(LIVE, items, n))
        for item in items:
            self.model.end(item.member)
        assert ids(batch) == self.model.lease(n)
        self.leases += batch.items

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS)
    def nack(self, picks: list[int]) -> None:
        items = self.picked(picks)
        assert self.run(self.queue.nack(LIVE, items, "no")) == sum(map(self.model.nack, items))

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS)
    def bury(self, picks: list[int]) -> None:
        items = self.picked(picks)
        assert self.run(self.queue.bury(LIVE, items, "bad")) == sum(map(self.model.bury, items))

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS)
    def extend(self, picks: list[int]) -> None:
        items = self.picked(picks)
        held = [item for leased in items if (item := self.model.holds(leased)) is not None]
        for item in held:
            item.until_ms = max(item.until_ms, self.model.now_ms + LEASE_MS)
        assert self.run(self.queue.extend(LIVE, items)) == len(held)

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS)
    def revive(self, picks: list[int]) -> None:
        members = [item.member for item in self.picked(picks)]
        assert self.run(self.queue.revive(LIVE, members)) == sum(map(self.model.revive, members))

    @precondition(lambda self: self.leases)
    @rule(picks=PICKS)
    def purge(self, picks: list[int]) -> None:
        members = [item.member for item in self.picked(picks)]
        assert self.run(self.queue.purge(LIVE, members)) == sum(map(self.model.end, members))

    @rule(n=st.integers(0, 5))
    def wait(self, n: int) -> None:
        """Let leases and delays end; and lease, so that what returned is tried again as often as not."""
        self.run(let_time_pass(self.client, STEP_MS))
        self.model.now_ms += STEP_MS
        if n:
            self.lease(n)

    @invariant()
    def agrees(self) -> None:
        stats = self.run(self.queue.stats(LIVE))
        counted = {state: getattr(stats, state) for state in ("ready", "leased", "delayed", "dead")}
        assert counted == {state: len(self.model.in_state(state)) for state in counted}

    def teardown(self) -> None:
        self.run(check_queues(self.client))
        self.run(self.client.close())
        self.runner.close()


def test_any_sequence_of_calls_gives_what_the_model_gives(shared_server: ValkeyProcess) -> None:
    """Order, priority, fences, retries and windows are the model's after every call."""

    class Machine(QueueMachine):
        def __init__(self) -> None:
            super().__init__(shared_server.url)

    few = settings(max_examples=40, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(Machine, settings=few)
