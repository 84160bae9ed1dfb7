"""Take points and answer dashboards and operators over HTTP, until told to stop (Ctrl-C, SIGTERM, SIGHUP)."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from racecontrol.commands.child import add_child_option
from racecontrol.commands.ending import on_end
from racecontrol.commands.options import racing_settings_of, settings_of
from racecontrol.commands.output import say

if TYPE_CHECKING:
    import socket

    from racecontrol.settings import Settings

_DEFAULT_PORT = 8420
_MOST_PROCESSES = 32


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="where to listen (127.0.0.1)")
    parser.add_argument(
        "--port", type=_port, default=_DEFAULT_PORT, metavar="N", help=f"0 for any ({_DEFAULT_PORT})"
    )
    parser.add_argument("--processes", type=_processes, default=1, metavar="N", help="serving processes (1)")
    parser.add_argument(
        "--trust-proxy", default="", metavar="ADDRESSES", help="proxies whose X-Forwarded-For is believed"
    )
    parser.add_argument("--access-log", type=Path, metavar="FILE", help="(logs/access.log of the site)")
    parser.add_argument("--fd", type=int, help=argparse.SUPPRESS)
    add_child_option(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 0 however it was told to end: every answer under way was given."""
    import uvloop

    # A child's parent has looked.
    settings = settings_of(options) if options.child else racing_settings_of(options)
    with _listener(options) as listener:
        if options.processes > 1:
            asyncio.run(_supervise(settings, listener, options))
        else:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(_serve(settings, listener, options))
    return 0


async def _serve(settings: Settings, listener: socket.socket, options: argparse.Namespace) -> None:
    from racecontrol.control.site import open_site
    from racecontrol.control.token_verbs import TokenVerbs
    from racecontrol.http.app import build_app
    from racecontrol.http.line_file import LineFile
    from racecontrol.http.service import open_service
    from racecontrol.http.serving import address_of_listener, http_server
    from racecontrol.pipeline.baseline_watch import BaselineWatch

    # A child's parent has said it already.
    warn = (lambda _: None) if options.child else say
    access_lines = LineFile(options.access_log or settings.log_dir / "access.log")
    try:
        async with AsyncExitStack() as stack:
            site = await stack.enter_async_context(open_site(settings, warn=warn, is_server_needed=False))
            service = await stack.enter_async_context(open_service(site))
            if not options.child:
                await TokenVerbs(site).leave_operator_token()
                await stack.enter_async_context(BaselineWatch(site.client))
            server = http_server(build_app(service, access_lines), trusted_proxies=options.trust_proxy)
            on_end(server.stop, is_child=options.child)
            if not options.child:
                say(f"serving at {address_of_listener(listener)}")
            await server.serve(sockets=[listener])
    finally:
        access_lines.close()


async def _supervise(settings: Settings, listener: socket.socket, options: argparse.Namespace) -> None:
    from racecontrol.control.site import open_site
    from racecontrol.control.token_verbs import TokenVerbs
    from racecontrol.http.processes import ServingPool
    from racecontrol.http.serving import address_of_listener
    from racecontrol.pipeline.baseline_watch import BaselineWatch

    stopping = asyncio.Event()
    on_end(stopping.set)
    async with open_site(settings, warn=say, is_server_needed=False) as site:
        await TokenVerbs(site).leave_operator_token()
        pool = ServingPool(settings, listener, options.processes, options.trust_proxy)
        async with pool, BaselineWatch(site.client):
            say(f"serving at {address_of_listener(listener)} in {options.processes} processes")
            await stopping.wait()


def _listener(options: argparse.Namespace) -> socket.socket:
    """The socket: a child's parent has it open already."""
    import socket

    from racecontrol.http.serving import listen

    return listen(options.host, options.port) if options.fd is None else socket.socket(fileno=options.fd)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("give a number from 0 to 65535")
    return int(text)


def _processes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {_MOST_PROCESSES}")
    return int(text)
