"""Serving: a listening socket, uvicorn on it with deadlines, and a drain at the end.

SIGTERM ─► no new connections ─► answers under way are given ─► the spool and the batcher are closed
"""

from __future__ import annotations

import contextlib
import resource
import socket
from collections.abc import Generator
from typing import Final

import uvicorn

from racecontrol.errors import ConfigError
from racecontrol.http.answer import AsgiApp
from racecontrol.http.protocol import HEAD_S
from racecontrol.http.short_protocol import IntakeProtocol

DRAIN_S: Final = 10
"""What answers under way may take at the end; a body still coming in then is cut off, and never got a 202."""

BACKLOG: Final = 2_048
_WANTED_FILES: Final = 65_536


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. port: 0 for any. Raises: ConfigError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as exc:
        listener.close()
        what = f"{host}:{port} cannot be listened on ({exc.strerror or exc})"
        raise ConfigError(what, advice="give another --host or --port") from exc
    return listener


def address_of_listener(listener: socket.socket) -> str:
    """The URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class HttpServer(uvicorn.Server):
    """uvicorn, told by `stop` to end; it leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    def stop(self) -> None:
        """Take no more connections, give the answers under way, and return from `serve`."""
        self.should_exit = True


def http_server(app: AsgiApp, *, trusted_proxies: str = "") -> HttpServer:
    """A server of the app, for `serve(sockets=[…])`.

    trusted_proxies: addresses, separated by commas, whose X-Forwarded-For is believed.
    """
    _allow_many_files()
    config = uvicorn.Config(
        app,
        http=IntakeProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        timeout_keep_alive=int(HEAD_S),
        timeout_graceful_shutdown=DRAIN_S,
        backlog=BACKLOG,
    )
    return HttpServer(config)


def _allow_many_files() -> None:
    """Let as many connections be open as the system allows: idle ones must not keep others out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _WANTED_FILES if hard == resource.RLIM_INFINITY else min(hard, _WANTED_FILES)
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
