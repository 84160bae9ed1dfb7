"""What must hold of a queue's structures at any moment, read from the server's keys themselves."""

from __future__ import annotations

from dataclasses import dataclass

from racecontrol.domain.priority import QUEUES
from racecontrol.queues.model import QueueStats
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.server.keys import QueueKeys, queue_keys
from tests.server.queue_tools import ask

STATES = ("ready", "leased", "delayed", "dead")


@dataclass(frozen=True, slots=True)
class Contents:
    """One queue's keys, read whole. Sorted sets by member, hashes by field."""

    sets: dict[str, dict[str, float]]
    hashes: dict[str, dict[str, str]]

    @property
    def held(self) -> list[str]:
        """Every member, once for each of the four states that it is in."""
        return [member for state in STATES for member in self.sets[state]]


async def contents_of(client: ServerClient, keys: QueueKeys) -> Contents:
    """Read a queue's keys; of the payloads only whose they are."""
    sets = {name: await _sorted_set(client, getattr(keys, name)) for name in (*STATES, "age", "done")}
    hashes = {name: await _hash(client, getattr(keys, name)) for name in ("meta", "attempts", "why", "stats")}
    ids = await ask(client, "HKEYS", keys.payload)
    hashes["payload"] = {item_id.decode(): "" for item_id in ids}
    return Contents(sets, hashes)


async def _sorted_set(client: ServerClient, key: str) -> dict[str, float]:
    rows = await ask(client, "ZRANGE", key, 0, -1, "WITHSCORES")
    return {member.decode(): float(score) for member, score in zip(rows[::2], rows[1::2], strict=True)}


async def _hash(client: ServerClient, key: str) -> dict[str, str]:
    fields = await client.commands.hgetall(key)
    return {str(name, "utf-8"): str(value, "utf-8") for name, value in fields.items()}  # type: ignore[arg-type]


async def check_queues(client: ServerClient) -> None:
    """Check all queues of a site."""
    queue = PriorityQueue(client)
    for name in QUEUES:
        check(await contents_of(client, queue_keys(name)), await queue.stats(name))


async def check_empty(client: ServerClient) -> None:
    """Nothing is left in any queue: no item, no attempt, no reason, no payload of what is done."""
    for name in QUEUES:
        contents = await contents_of(client, queue_keys(name))
        assert contents.held == []
        assert contents.sets["age"] == {}
        assert [contents.hashes[held] for held in ("payload", "meta", "attempts", "why")] == [{}] * 4


def check(contents: Contents, stats: QueueStats) -> None:
    """Every item is in one state, no key lacks its partner, and the counters add up."""
    _check_partners(contents)
    _check_counters(contents, stats)
    _check_lanes(stats)


def _check_partners(contents: Contents) -> None:
    held = contents.held
    ids = {member[16:] for member in held}
    assert len(held) == len(set(held)) == len(ids), "an item is in two states, or an id is held twice"
    assert ids == set(contents.hashes["payload"]), "items and payloads differ"
    assert ids == set(contents.hashes["meta"]), "items and meta differ"
    living = {member for state in ("ready", "leased", "delayed") for member in contents.sets[state]}
    assert living == set(contents.sets["age"]), "items that age are those not dead"
    assert set(contents.hashes["attempts"]) <= set(held), "attempts of no item"
    assert set(contents.sets["leased"]) <= set(contents.hashes["attempts"]), "leased without an attempt"
    assert set(contents.hashes["why"]) <= set(held), "a reason of no item"
    assert set(contents.sets["dead"]) <= set(contents.hashes["why"]), "dead without a reason"
    for member in held:
        sequence, priority, _, _ = contents.hashes["meta"][member[16:]].split("|")
        assert sequence == member[:16], "meta of another sequence"
        if member in contents.sets["ready"]:
            assert contents.sets["ready"][member] == -float(priority), "a score that is not its priority"


def _check_counters(contents: Contents, stats: QueueStats) -> None:
    assert stats.held == len(contents.held)
    assert stats.held == stats.ready + stats.leased + stats.delayed + stats.dead
    assert stats.enqueued_items == (stats.acked_items + stats.held + stats.purged_items + stats.lost_items), (
        "items that came in are held, or went out one way"
    )
    held_points = sum(int(text.rpartition("|")[2]) for text in contents.hashes["meta"].values())
    assert stats.points_pending == held_points, "points pending are those held"
    assert stats.points_pending == stats.points_in - stats.points_out - stats.points_purged


def _check_lanes(stats: QueueStats) -> None:
    lanes = stats.lanes.values()
    assert sum(lane.ready for lane in lanes) == stats.ready
    assert sum(lane.items_in for lane in lanes) == stats.enqueued_items
    assert sum(lane.items_out for lane in lanes) == stats.acked_items
    assert sum(lane.points_in for lane in lanes) == stats.points_in
    assert sum(lane.points_out for lane in lanes) == stats.points_out
