"""Calls to the server on one connection, several in flight, in order, each applied at least once.

    Python:  encode 1 ─ encode 2 ─ encode 3 ─ encode 4 ...
    server:             run 1 ──── run 2 ──── run 3 ...

One connection, since the server runs its commands in the order sent: several would be no faster
and would mix up first in first out. redis-py's pipeline sends nothing before everything is
encoded, so this writes to a pooled connection itself.

A connection that breaks is replaced and every call without an answer is sent again, so a call
here must be one that may be applied twice: the scripts are, by their ids and fences.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

import hiredis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import (
    AuthenticationError,
    ConnectionError,
    NoScriptError,
    ResponseError,
    TimeoutError,
)

from racecontrol.errors import ServerUnavailable
from racecontrol.queues.sender import Sender
from racecontrol.server.client import ServerClient, translated
from racecontrol.server.scripts import Call, Plain

BACK_OFF_S: Final = (0.02, 0.1, 0.5)
"""Waits before the second, third and fourth try; a restarting embedded server is back within 0.1 s."""

IN_FLIGHT_BYTES: Final = 16 * 1024 * 1024
"""Kept for sending again. A full start is 5 MB, so at any round trip it waits for one answer only."""

_LOST = (ConnectionError, TimeoutError, OSError)


@dataclass(slots=True)
class Answers:
    """What the server said, in the order of the calls. round_trips: times it was waited for."""

    replies: list[Any] = field(default_factory=list)
    round_trips: int = 0


@dataclass(slots=True)
class _Sent:
    place: int
    call: Call
    command: bytes


async def exchange(client: ServerClient, calls: Iterable[Call], *, teach: bool = False) -> Answers:
    """Make the calls and give their answers. `calls` is drawn from while earlier ones are under way.

    teach: send the first call's script in full, so that none of many is refused for a script that
    the server has forgotten, which would cost the order among them.

    Raises: QueueError for a refusal, after all calls sent were answered; ServerUnavailable when the
    connection breaks four times running, or the server twice says nothing for 5 s.
    Cost: one round trip, however many calls; one more for a script that the server has forgotten.
    """
    window = _Window(client, iter(calls), teach)
    failures = answered = 0
    while True:
        try:
            with translated(client):
                await window.run()
                return window.answers
        except ServerUnavailable as exc:
            if not isinstance(exc.__cause__, _LOST) or isinstance(exc.__cause__, AuthenticationError):
                raise
            if window.answered > answered:
                failures, answered = 0, window.answered
            failures += 2 if isinstance(exc.__cause__, TimeoutError) else 1
            if failures > len(BACK_OFF_S):
                raise
        await asyncio.sleep(BACK_OFF_S[failures - 1])
        # Where it stays away, the next try says so itself.
        with suppress(ServerUnavailable):
            await client.revive()


class _Window:
    """Calls not yet answered, and the answers so far. `run` may be repeated after a broken connection."""

    def __init__(self, client: ServerClient, calls: Iterator[Call], teach: bool) -> None:
        self.answers = Answers()
        self._client = client
        self._calls = calls
        self._teach = teach
        self._again: deque[_Sent] = deque()
        self._in_flight: deque[_Sent] = deque()
        self._bytes = 0
        self._refusal: ResponseError | None = None
        self.answered = 0

    async def run(self) -> None:
        self._again.extendleft(reversed(self._in_flight))
        self._in_flight.clear()
        self._bytes = 0
        pool = self._client.commands.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]
        sender = Sender(connection)
        try:
            while await self._fill(sender, connection):
                self.answers.round_trips += 1
                await self._drain(connection, down_to=0)
        finally:
            await sender.stop()
            if self._in_flight:
                # Their answers would be taken for those of the next user's calls.
                await connection.disconnect(nowait=True)
            await pool.release(connection)
        if self._refusal is not None:
            raise self._refusal

    async def _fill(self, sender: Sender, connection: AbstractConnection) -> bool:
        """Send all there is to send. False where nothing was, and nothing is under way."""
        while (sent := self._next()) is not None:
            self._in_flight.append(sent)
            self._bytes += len(sent.command)
            await sender.send(sent.command)
            if self._bytes > IN_FLIGHT_BYTES:
                await sender.flush()
                await self._drain(connection, down_to=IN_FLIGHT_BYTES // 2)
        await sender.flush()
        return bool(self._in_flight)

    def _next(self) -> _Sent | None:
        if self._again:
            return self._again.popleft()
        if self._refusal is not None:
            return None
        call = next(self._calls, None)
        if call is None:
            return None
        command = call.in_full() if self._teach else call.by_digest()
        self._teach = False
        self.answers.replies.append(None)
        return _Sent(len(self.answers.replies) - 1, call, _packed(command))

    async def _drain(self, connection: AbstractConnection, down_to: int) -> None:
        """Take answers until at most `down_to` bytes of calls lack one."""
        while self._in_flight and self._bytes > down_to:
            try:
                reply = await connection.read_response()
            except NoScriptError:
                sent = self._taken()
                again = _packed(sent.call.in_full())
                self._again.append(_Sent(sent.place, sent.call, again))
            except ResponseError as exc:
                self._taken()
                self._refusal = self._refusal or exc
            else:
                self.answers.replies[self._taken().place] = reply

    def _taken(self) -> _Sent:
        sent = self._in_flight.popleft()
        self._bytes -= len(sent.command)
        self.answered += 1
        return sent


def _packed(command: Plain) -> bytes:
    # Its stub takes a tuple of one.
    packed: bytes = hiredis.pack_command(command)  # type: ignore[arg-type]
    return packed
