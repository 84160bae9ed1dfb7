"""Every script refuses bad arguments before its first write, whoever calls it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from racecontrol.domain.priority import LIVE_POINTS
from racecontrol.errors import QueueError
from racecontrol.queues.core import LANE_TABLE
from racecontrol.queues.lua import queue_script
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.keys import queue_keys
from racecontrol.server.scripts import Argument, run_batch
from tests.server.queue_tools import LIVE, ask, make_items

OPERATIONS = (
    *("enqueue", "lease", "ack", "nack", "bury", "extend", "revive", "purge", "withdraw"),
    *("stats", "dead_letters", "head"),
)
MEMBER = "0000000000000001i0"
GOOD_ITEM = ("b", "1", "10", "payload")

ARGUMENTS: tuple[tuple[str, Sequence[Argument]], ...] = (
    ("enqueue", [600_000, LANE_TABLE]),
    ("enqueue", ["x", LANE_TABLE, *GOOD_ITEM]),
    ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "c"]),
    ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM * 101]),
    *[
        ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "c", priority, "10", "payload"])
        for priority in ("nan", "-nan", "inf", "-inf", "1e999", "one", "")
    ],
    *[
        ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "c", "1", points, "payload"])
        for points in ("1.5", "nan", "-1", "inf", "1e10", "")
    ],
    ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "", "1", "10", "payload"]),
    ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "c" * 257, "1", "10", "payload"]),
    ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "c", "1", "10", ""]),
    ("enqueue", [600_000, LANE_TABLE, *GOOD_ITEM, "c", "1", "10", bytes(512 * 1024)]),
    *[("lease", [n, 30_000, 5, 1_000, 5_000]) for n in (0, -1, 1_001, 5_000, "1.5", "nan", "")],
    ("lease", [1, 0, 5, 1_000, 5_000]),
    ("lease", [1, 30_000, 0, 1_000, 5_000]),
    ("lease", [1, 30_000, 5, 0, 5_000]),
    ("lease", [1, 30_000, 5, 1_000, 0]),
    ("ack", [600_000, LANE_TABLE]),
    ("ack", ["x", LANE_TABLE, MEMBER]),
    ("ack", [600_000, LANE_TABLE, "i0"]),
    ("ack", [600_000, LANE_TABLE, *[MEMBER] * 1_001]),
    ("nack", [5, 500, 60_000, "why"]),
    ("nack", [0, 500, 60_000, "why", MEMBER, 1]),
    ("nack", [5, 500, 60_000, "why", MEMBER]),
    ("nack", [5, 500, 60_000, "why", MEMBER, "x"]),
    ("nack", [5, 500, 60_000, "why", *(MEMBER, "1") * 1_001]),
    ("bury", ["why"]),
    ("bury", ["why", MEMBER, "1.5"]),
    ("extend", [0, MEMBER, 1]),
    ("extend", [30_000, MEMBER]),
    ("revive", []),
    ("revive", ["i0"]),
    ("revive", [MEMBER] * 1_001),
    ("purge", [600_000]),
    ("purge", ["x", MEMBER]),
    ("purge", [600_000, "i0"]),
    ("withdraw", ["x", "start:R42:1:", "ready", "", "-1000"]),
    ("withdraw", [600_000, "", "ready", "", "-1000"]),
    ("withdraw", [600_000, "start:R42:1:", "done", "", "-1000"]),
    ("dead_letters", [0, 0]),
    ("dead_letters", [1, -1]),
    ("head", [0]),
)


@pytest.mark.parametrize(("operation", "args"), ARGUMENTS)
async def test_bad_arguments_change_nothing(
    client: ServerClient, queue: PriorityQueue, operation: str, args: Sequence[Argument]
) -> None:
    """What is refused has written nothing: a script is not rolled back."""
    await queue.enqueue(LIVE, make_items(2))
    await queue.lease_batch(LIVE, 1)
    before = await _everything(client)

    with pytest.raises(QueueError, match="BADARG"), translated(client):
        await run_batch(client.commands, [queue_script(operation).call(queue_keys(LIVE_POINTS), args)])

    assert await _everything(client) == before


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_script_names_only_keys_it_is_given(operation: str) -> None:
    """Keys come from the caller by name, so that a cluster knows where a call belongs."""
    script = queue_script(operation)

    assert script.key_names
    assert "rc:" not in script.script.source


async def _everything(client: ServerClient) -> dict[bytes, bytes]:
    names = await ask(client, "KEYS", "*")
    return {name: await ask(client, "DUMP", name) for name in sorted(names)}
