"""What operators do to a queue: look at dead letters, revive or purge them, withdraw a start, pause."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.domain.priority import RACE_START
from racecontrol.queues.core import QueueCore, check_whole, in_chunks
from racecontrol.queues.limits import DEDUPE_MS, MAX_MEMBERS
from racecontrol.queues.model import DeadLetter, Withdrawn
from racecontrol.server.client import translated
from racecontrol.server.scripts import Argument


class Curator(QueueCore):
    """The part of the queue that people use. Items are named by their member."""

    async def dead_letters(self, queue: str, n: int = 100, *, offset: int = 0) -> tuple[DeadLetter, ...]:
        """Up to `n` (1..1,000) dead letters, the longest dead first. Cost: one round trip."""
        check_whole("n", n, 1, MAX_MEMBERS)
        check_whole("offset", offset, 0, 10**12)
        reply = await self._run("dead_letters", queue, [n, offset])
        letters = []
        for at in range(0, len(reply), 5):
            member, died_ms, attempts, meta, reason = reply[at : at + 5]
            _, priority, enqueued_ms, points = meta.split(b"|")
            letters.append(
                DeadLetter(
                    member=member.decode(),
                    priority=float(priority),
                    points=int(points),
                    enqueued_ms=int(enqueued_ms),
                    died_ms=int(died_ms),
                    attempts=attempts,
                    reason=reason.decode(errors="replace"),
                )
            )
        return tuple(letters)

    async def revive(self, queue: str, members: Sequence[str]) -> int:
        """Put dead letters back in their old place, with all attempts before them; gives how many were dead.

        Their attempts count on, so a holder of before stays fenced off. Cost: one round trip; none for
        no members.
        """
        return await self._by_name("revive", queue, (), members)

    async def purge(self, queue: str, members: Sequence[str]) -> int:
        """Remove items for good, wherever they are; gives how many there were.

        Counted as purged, and their ids stay known for 10 minutes. Cost: one round trip; none for no
        members.
        """
        return await self._by_name("purge", queue, (DEDUPE_MS,), members)

    async def withdraw(self, queue: str, race_id: str, pass_number: int) -> Withdrawn:
        """Remove what is not served yet of a race's start: ids `start:RACE:PASS:...` at priority 1000 and up.

        What a worker holds stays with it. A repeat gives the same sums and leaves what is gone.

        Raises: ServerUnavailable; a repeat removes the rest.
        Cost: a round trip per 1,000 items looked at or 250 removed, so that nobody waits over 2 ms for it.
        """
        prefix = f"start:{race_id}:{pass_number}:"
        for place, lowest_score in (("ready", str(-RACE_START)), ("delayed", "+inf")):
            cursor = b""
            while cursor != b"end":
                args: list[Argument] = [DEDUPE_MS, prefix, place, cursor, lowest_score]
                cursor = (await self._run("withdraw", queue, args))[0]
        _, leased, items, points = await self._run(
            "withdraw", queue, [DEDUPE_MS, prefix, "leased", "", "+inf"]
        )
        return Withdrawn(items, points, leased)

    async def pause(self, queue: str) -> None:
        """Lease nothing more out, in any process; items still come in. Cost: one round trip."""
        with translated(self.client):
            await self.client.commands.set(self.keys_of(queue).paused, 1)

    async def resume(self, queue: str) -> None:
        """Lease out again, and wake a waiter. Cost: one round trip."""
        keys = self.keys_of(queue)
        with translated(self.client):
            async with self.client.commands.pipeline(transaction=True) as pipeline:
                pipeline.delete(keys.paused)
                pipeline.zadd(keys.marker, {"m": 0})
                await pipeline.execute()

    async def _by_name(
        self, operation: str, queue: str, limits: tuple[int, ...], members: Sequence[str]
    ) -> int:
        calls = [
            self._call_of(operation, queue, [*limits, *some]) for some in in_chunks(members, MAX_MEMBERS)
        ]
        return sum((await self._exchange(calls)).replies)
