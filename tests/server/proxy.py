"""A link to a server that breaks in the moment a test names.

    proxy.fail_at({0: Fault.DROP_REPLY})    the next command is applied, its answer never arrives
    proxy.choose = lambda number: ...       a fault, or None, for each command by its number
    proxy.judge = lambda command: ...       the same, by the bytes of the command

Commands are counted over all links since the last `fail_at`. A client that should not wait the
usual 5 s for a swallowed answer takes `proxy.url_with(timeout_s)`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

_SENTINEL = b"*2\r\n$4\r\nECHO\r\n$12\r\nall-is-done!\r\n"
_ECHOED = b"$12\r\nall-is-done!\r\n"


class Fault(Enum):
    """What happens to a command."""

    RESET_BEFORE = auto()
    """The link ends before the server sees a byte of it."""
    RESET_INSIDE = auto()
    """The link ends when the server has half of it."""
    RESET_AFTER = auto()
    """The link ends when the server has all of it; whether it is applied nobody knows."""
    DROP_REPLY = auto()
    """It is applied, and the link ends without its answer."""
    SWALLOW = auto()
    """From it on the link stays open, and neither end hears of the other."""


class Proxy:
    """Forwards between clients and a server's unix socket, and counts commands."""

    def __init__(self, server_socket: Path) -> None:
        self._server_socket = server_socket
        self._folder = TemporaryDirectory(prefix="rc-", dir="/tmp")
        self._listener: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self.commands_seen = 0
        self.choose: Callable[[int], Fault | None] = lambda _: None
        self.judge: Callable[[bytes], Fault | None] = lambda _: None

    @property
    def url(self) -> str:
        """For a client."""
        return f"unix://{self._folder.name}/p"

    def url_with(self, timeout_s: float) -> str:
        """For a client that waits timeout_s for an answer."""
        return f"{self.url}?socket_timeout={timeout_s:g}"

    def fail_at(self, faults: Mapping[int, Fault]) -> None:
        """Let the commands of these numbers fail, counted from 0 from now on."""
        self.commands_seen = 0
        self.choose = faults.get

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_unix_server(self._accept, f"{self._folder.name}/p")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listener is not None
        self._listener.close()
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)
        self._folder.cleanup()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            server_reader, server_writer = await asyncio.open_unix_connection(self._server_socket)
        except OSError:
            # Nobody is there: whoever came learns it at once.
            self._links.discard(task)
            writer.close()
            return
        answers = asyncio.ensure_future(_copy(server_reader, writer))
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._forward(reader, server_writer, server_reader, answers)
        finally:
            answers.cancel()
            writer.close()
            server_writer.close()
            self._links.discard(task)

    async def _forward(
        self,
        reader: asyncio.StreamReader,
        server_writer: asyncio.StreamWriter,
        server_reader: asyncio.StreamReader,
        answers: asyncio.Future[None],
    ) -> None:
        """Forward commands until one meets a fault that ends the link."""
        while True:
            command = await _read_command(reader)
            fault = self.choose(self.commands_seen) or self.judge(command)
            self.commands_seen += 1
            if fault is Fault.RESET_BEFORE:
                return
            if fault is Fault.SWALLOW:
                answers.cancel()
                while await reader.read(65536):
                    pass
                return
            server_writer.write(command[: len(command) // 2] if fault is Fault.RESET_INSIDE else command)
            await server_writer.drain()
            if fault is Fault.DROP_REPLY:
                answers.cancel()
                await asyncio.gather(answers, return_exceptions=True)
                server_writer.write(_SENTINEL)
                await server_reader.readuntil(_ECHOED)
            if fault is not None:
                return


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while received := await reader.read(65536):
            writer.write(received)
            await writer.drain()
        writer.close()


async def _read_command(reader: asyncio.StreamReader) -> bytes:
    """One command as sent: an array of byte strings."""
    head = await reader.readuntil(b"\r\n")
    parts = [head]
    for _ in range(int(head[1:])):
        length = await reader.readuntil(b"\r\n")
        parts += [length, await reader.readexactly(int(length[1:]) + 2)]
    return b"".join(parts)
