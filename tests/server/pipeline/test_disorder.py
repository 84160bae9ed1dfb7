"""Points late, out of order, doubled and backwards: the store holds the sorted set."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np

from racecontrol.domain.priority import FLYMASTER_POINTS, LIVE, LIVE_POINTS
from racecontrol.pipeline.worker import Worker
from racecontrol.queues.codec import encode
from racecontrol.queues.model import NewItem
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.client import ServerClient
from racecontrol.store.sqlite import SqliteStore
from tests.builders import GUN_MS, make_fixes
from tests.server.pipeline.tools import assert_holds_exactly


async def test_the_store_holds_the_sorted_set(client: ServerClient, tmp_path: Path) -> None:
    """Pieces of one track that overlap, in any order and by two queues, each sent up to three times."""
    track = make_fixes(range(GUN_MS - 300_000, GUN_MS, 1000))
    dice, queue = random.Random(4), PriorityQueue(client)
    pieces = [track.select(np.sort(dice.sample(range(300), 40))) for _ in range(30)] + track.chunks(50)
    posts = [
        (
            dice.choice((LIVE_POINTS, FLYMASTER_POINTS)),
            NewItem(f"{number}-{copy}", LIVE, len(piece), encode(piece)),
        )
        for number, piece in enumerate(pieces)
        for copy in range(dice.randint(1, 3))
    ]
    dice.shuffle(posts)
    for queue_name, item in posts:
        await queue.enqueue(queue_name, [item])

    with SqliteStore(tmp_path / "store.db") as store:
        await Worker(queue, store).run(until_empty=True)

    assert_holds_exactly(tmp_path / "store.db", [track])
