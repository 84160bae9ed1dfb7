"""One server, one queue, and rounds in which every method takes its turn."""

from __future__ import annotations

import gc
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import astuple, dataclass
from typing import Final

from racecontrol.bench.link import Link
from racecontrol.domain.clock import SYSTEM_CLOCK
from racecontrol.domain.priority import QUEUES
from racecontrol.queues.queue import PriorityQueue
from racecontrol.server.bare import BareLink, count_commands
from racecontrol.server.client import ServerClient, open_client
from racecontrol.server.keys import queue_keys

SHORTEST_ROUND_S: Final = 0.05
RUNS_A_ROUND: Final = 9

QUEUE: Final = "bench_points"
"""A queue of the bench's own, so that on somebody's server no other is touched."""

Work = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Method:
    """What is timed, and what must be done before it and is not."""

    work: Work
    prepare: Work | None = None


@dataclass(frozen=True, slots=True)
class Rig:
    """url: of the server. client, queue: by which the replaced method and ours reach it."""

    url: str
    client: ServerClient
    queue: PriorityQueue
    rounds: int

    @property
    def replaced_key(self) -> str:
        """The sorted set of the method replaced."""
        return f"{queue_keys(QUEUE).ready}:replaced"

    async def clear(self) -> None:
        """Leave nothing of the bench in the server."""
        await self.client.commands.delete(*astuple(queue_keys(QUEUE)), self.replaced_key)

    async def clear_site(self) -> None:
        """Leave nothing in the queues of a site either: for a server of the bench's own."""
        names = [name for queue in QUEUES for name in astuple(queue_keys(queue))]
        await self.client.commands.delete(*names, self.replaced_key)

    async def used_bytes(self) -> int:
        """Memory of the server, all structures and the allocator's share with them."""
        while True:
            memory = await self.client.commands.info("memory")
            # What was deleted is freed in the background.
            if not memory.get("lazyfree_pending_objects"):
                return int(memory["used_memory"])

    async def measure(self, methods: Mapping[str, Method]) -> dict[str, float]:
        """Median seconds of each method; they take turns, every second round backwards.

        Within a round a short one is repeated, since its first run measures cold caches.
        """
        seconds: dict[str, list[float]] = {name: [] for name in methods}
        with workload_set_aside():
            for number in range(self.rounds):
                for name in list(methods)[:: -1 if number % 2 else 1]:
                    seconds[name].append(await self._round(methods[name]))
        await self.clear()
        return {name: statistics.median(values) for name, values in seconds.items()}

    async def _round(self, method: Method) -> float:
        """Median seconds of as many runs as fill SHORTEST_ROUND_S, RUNS_A_ROUND at most."""
        runs: list[float] = []
        while not runs or (sum(runs) < SHORTEST_ROUND_S and len(runs) < RUNS_A_ROUND):
            await self.clear()
            runs.append(await _timed(method))
        return statistics.median(runs)

    async def record(self, work: Callable[[PriorityQueue], Awaitable[object]]) -> bytes:
        """The bytes that `work` sends to the server."""
        async with Link(self.url) as link, open_client(link.url) as client:
            await client.commands.ping()
            link.recorded.clear()
            await work(PriorityQueue(client, queues=(QUEUE,)))
        await self.clear()
        return bytes(link.recorded)

    async def ceiling(self, work: Callable[[PriorityQueue], Awaitable[object]]) -> Method:
        """Sending the very bytes of `work` through a bare socket."""
        ready_made = await self.record(work)
        answers = count_commands(ready_made)
        links: list[BareLink] = []

        async def connect() -> None:
            links.append(BareLink(self.url))

        async def blast() -> None:
            with links.pop() as link:
                link.blast(ready_made, answers)

        return Method(blast, connect)


@contextmanager
def workload_set_aside() -> Iterator[None]:
    """Keep the garbage collector off what is there now: a real sender holds no 50,000 points of a bench."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def _timed(method: Method) -> float:
    if method.prepare is not None:
        await method.prepare()
    gc.collect()
    began_s = SYSTEM_CLOCK.monotonic_s()
    await method.work()
    return SYSTEM_CLOCK.monotonic_s() - began_s


@asynccontextmanager
async def open_rig(url: str, rounds: int) -> AsyncIterator[Rig]:
    """A rig on the server at `url`; what it put there is gone after the block."""
    async with open_client(url) as client:
        rig = Rig(url, client, PriorityQueue(client, queues=(QUEUE,)), rounds)
        try:
            yield rig
        finally:
            await rig.clear()
