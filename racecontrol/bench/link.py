"""A way to a server that is as long as we say, and remembers what went along it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Final, Self
from urllib.parse import quote, urlsplit

from racecontrol.server.bare import socket_of

_CHUNK_BYTES: Final = 1 << 18


class Link:
    """Forwards bytes between clients and the server at `url`, each way `one_way_s` late, at any rate.

    recorded: what clients sent.
    """

    def __init__(self, url: str, one_way_s: float = 0.0) -> None:
        self._server_url = url
        self._one_way_s = one_way_s
        self._folder = TemporaryDirectory(prefix="rc-link-")
        self._listener: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self.recorded = bytearray()

    @property
    def url(self) -> str:
        """For a client; with the server's password."""
        login = urlsplit(self._server_url).netloc.rpartition("@")[0]
        return f"unix://{login}@{quote(self._folder.name)}/s"

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_unix_server(self._accept, f"{self._folder.name}/s")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None:
            self._listener.close()
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)
        self._folder.cleanup()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        server_socket = socket_of(self._server_url)
        if server_socket.family.name == "AF_UNIX":
            server_reader, server_writer = await asyncio.open_unix_connection(sock=server_socket)
        else:
            server_reader, server_writer = await asyncio.open_connection(sock=server_socket)
        try:
            with suppress(asyncio.CancelledError):
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._forward(reader, server_writer, self.recorded))
                    group.create_task(self._forward(server_reader, writer, None))
        finally:
            writer.close()
            server_writer.close()
            self._links.discard(task)

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: bytearray | None
    ) -> None:
        """Forward until the reader's side ends; what is on its way then still arrives."""
        loop = asyncio.get_running_loop()
        # A side that breaks off ends its way as one that closes does.
        with suppress(OSError):
            while received := await reader.read(_CHUNK_BYTES):
                if record is not None:
                    record += received
                if self._one_way_s:
                    loop.call_later(self._one_way_s, writer.write, received)
                else:
                    writer.write(received)
        loop.call_later(self._one_way_s, writer.close)
