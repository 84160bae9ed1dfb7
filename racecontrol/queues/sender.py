"""Writing commands to a connection while the caller makes the next ones."""

from __future__ import annotations

import asyncio
from typing import Final

from redis.asyncio.connection import AbstractConnection

_WRITE_BYTES: Final = 1024 * 1024
"""Handed to the connection at once. Each hand-over has a command's timeout, so 1 MB must pass in 5 s."""


class Sender:
    """One connection's outgoing commands, in order.

    A write waits while the server is too busy to read. Encoding need not: what it makes meanwhile
    is kept here, and goes out when the write before is done.
    """

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._waiting: list[bytes] = []
        self._writing: asyncio.Task[None] | None = None
        self._has_begun = False

    async def send(self, command: bytes) -> None:
        """Write the command, or keep it until there is room. Raises: redis' errors of earlier writes too."""
        if not self._has_begun:
            # Nothing is under way: no task is needed, and most exchanges are a single command.
            self._has_begun = True
            await self._connection.send_packed_command(command)
            return
        self._waiting.append(command)
        if self._writing is None or self._writing.done():
            self._begin_write()
        # One turn of the loop, in which the socket takes what it has room for.
        await asyncio.sleep(0)

    async def flush(self) -> None:
        """Wait until everything is written."""
        while self._writing is not None:
            await self._writing
            self._writing = None
            if self._waiting:
                self._begin_write()

    async def stop(self) -> None:
        """Give up what is not written yet."""
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.wait([self._writing])

    def _begin_write(self) -> None:
        if self._writing is not None:
            self._writing.result()
        commands: list[bytes] = []
        size = 0
        while self._waiting and (not commands or size + len(self._waiting[0]) <= _WRITE_BYTES):
            size += len(self._waiting[0])
            commands.append(self._waiting.pop(0))
        self._writing = asyncio.create_task(self._connection.send_packed_command(commands))
