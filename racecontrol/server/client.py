"""`ServerClient`: the two connection pools of a process, and the border where redis' errors end.

redis-py's defaults are overridden where they hurt: ten silent retries turn one push into four, so
there are none and callers resend the same ids; the pool waits instead of raising when it is full;
calls that block have a pool of their own, so they never hold up a call that does not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Self
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    ClusterDownError,
    ConnectionError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
    TimeoutError,
    TryAgainError,
)

from racecontrol.errors import ConfigError, QueueError, ServerUnavailable
from racecontrol.server.connection import CANCELLABLE

CONNECT_TIMEOUT_S = 2.0
COMMAND_TIMEOUT_S = 5.0
"""A synced call of 512 KB takes milliseconds; a server silent for this long is stopped, or its disk is."""

LONGEST_BLOCK_S = 5.0
"""What a blocking call may ask for; its pool waits that and a command's timeout."""

SHORTEST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
"""Between tries to bring a server back: on a full disk it ends again as soon as it is started."""

_AWAY = (
    ConnectionError,
    TimeoutError,
    ReadOnlyError,
    OutOfMemoryError,
    ClusterDownError,
    MasterDownError,
    TryAgainError,
    OSError,
)
_AWAY_CODES = ("MISCONF", "BUSY", "NOREPLICAS", "LOADING", "UNKILLABLE")
"""Refusals that redis-py has no class for: the disk under the append-only file fails, a script hangs."""

Revive = Callable[[], Awaitable[None]]
"""Brings a dead server back, or raises ServerUnavailable with the reason."""


class ServerClient:
    """One process's way to the server. Answers are bytes, never text; the protocol is RESP2.

    url: with its password, for connecting. shown_url: without it, for screens, logs and errors.
    commands: for everything that does not block. blocking: for BZPOPMIN on a marker only.
    """

    def __init__(self, url: str, revive: Revive | None = None) -> None:
        """Raises: ConfigError where the URL cannot be read. Connects only when first used."""
        self.url = url
        self.shown_url = redacted(url)
        self.commands = _open_pool(url, self.shown_url, COMMAND_TIMEOUT_S, connections=16)
        self.blocking = _open_pool(url, self.shown_url, LONGEST_BLOCK_S + COMMAND_TIMEOUT_S, connections=8)
        self._revive = revive
        self._reviving = asyncio.Lock()
        self._pause_s = 0.0

    async def revive(self) -> None:
        """Bring the server back if it is ours and dead, else see whether it answers; return when it does.

        For loops that met ServerUnavailable. One try a call, after a pause that doubles with every
        failed try, so a loop needs no back-off of its own.

        Raises: ServerUnavailable with the reason.
        """
        async with self._reviving:
            await asyncio.sleep(self._pause_s)
            try:
                if self._revive is not None:
                    await self._revive()
                with translated(self):
                    await self.commands.ping()
            except ServerUnavailable:
                self._pause_s = min(max(2 * self._pause_s, SHORTEST_PAUSE_S), LONGEST_PAUSE_S)
                raise
            self._pause_s = 0.0

    async def close(self) -> None:
        """Close every connection; calls in flight fail."""
        await self.commands.aclose()
        await self.blocking.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def open_client(url: str, revive: Revive | None = None) -> ServerClient:
    """A client of the server at a redis://, rediss:// or unix:// URL. Raises: ConfigError."""
    return ServerClient(url, revive)


def redacted(url: str) -> str:
    """The URL without user, password and options, any of which may hold a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def translated(client_or_url: ServerClient | str) -> Iterator[None]:
    """Turn redis' errors into ours.

    Raises: ServerUnavailable where the server is away, refuses writes or wants another password;
    QueueError with the server's words for any other refusal.
    """
    try:
        yield
    except (RedisError, OSError) as exc:
        shown = redacted(client_or_url) if isinstance(client_or_url, str) else client_or_url.shown_url
        raise _ours(exc, shown) from exc


def _ours(exc: Exception, shown_url: str) -> ServerUnavailable | QueueError:
    # A refused password comes wrapped, since it is found out while connecting.
    if isinstance(exc.__cause__, AuthenticationError) or isinstance(
        exc, AuthenticationError | NoPermissionError
    ):
        return ServerUnavailable(
            f"the server at {shown_url} refuses us ({exc})",
            advice="check the user and password of --redis-url",
        )
    if isinstance(exc, ResponseError) and not isinstance(exc, _AWAY):
        if str(exc).startswith(_AWAY_CODES):
            return ServerUnavailable(f"the server at {shown_url} takes no writes ({exc})")
        return QueueError(str(exc))
    return ServerUnavailable(f"the server at {shown_url} does not answer ({str(exc) or type(exc).__name__})")


def _open_pool(url: str, shown_url: str, timeout_s: float, *, connections: int) -> Redis:
    try:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=connections,
            timeout=COMMAND_TIMEOUT_S,
            socket_timeout=timeout_s,
            socket_connect_timeout=CONNECT_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            driver_info=None,
        )
    except ValueError as exc:
        raise ConfigError(
            f"redis-url: {shown_url} cannot be used ({exc})",
            advice="write redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH",
        ) from exc
    pool.connection_class = CANCELLABLE[pool.connection_class]
    return Redis.from_pool(pool)
