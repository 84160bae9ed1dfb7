"""Clients that keep connections open and send little or nothing over them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.server.http.serving import LIVE
from tests.server.http.wire import Link, head, link_to

CONNECTED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class SlowClients:
    """idle: send nothing. heads: never end their request's head. bodies: never end their body."""

    idle: list[Link]
    heads: list[Link]
    bodies: list[Link]

    @property
    def all(self) -> list[Link]:
        return [*self.idle, *self.heads, *self.bodies]

    async def trickle(self, every_s: float) -> None:
        """Send a byte now and then, until cancelled."""
        while True:
            await asyncio.gather(*(link.send(b"x") for link in (*self.heads, *self.bodies)))
            await asyncio.sleep(every_s)

    async def are_closed(self) -> bool:
        """Wait until the service has closed every one of them."""
        return all(await asyncio.gather(*(link.is_closed() for link in self.all)))


@asynccontextmanager
async def slow_clients(port: int, token: str, count: int) -> AsyncIterator[SlowClients]:
    """`count` connections while the block runs: a half idle, a quarter each with a slow head, a slow body."""
    async with AsyncExitStack() as stack:
        links: list[Link] = []
        while len(links) < count:
            opening = (stack.enter_async_context(link_to(port)) for _ in range(CONNECTED_AT_ONCE))
            links += await asyncio.gather(*opening)
        half, most = count // 2, count * 3 // 4
        clients = SlowClients(links[:half], links[half:most], links[most:])
        for link in clients.heads:
            await link.send(b"POST / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        for link in clients.bodies:
            await link.send(head(LIVE, token, "Content-Length: 100000"))
        trickling = asyncio.create_task(clients.trickle(every_s=0.5))
        try:
            yield clients
        finally:
            trickling.cancel()
            await asyncio.wait((trickling,))
