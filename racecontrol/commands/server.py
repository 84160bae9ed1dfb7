"""Start, stop or look at the site's embedded queue server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of, site_options
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.server.launcher import ServerStatus
    from racecontrol.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True, dest="verb")
    site = [site_options()]
    verbs.add_parser("start", help="start it, and let it run on when nobody uses it", parents=site)
    verbs.add_parser("stop", help="stop it, or have the last one out stop it", parents=site)
    status = verbs.add_parser("status", help="whether it answers, and who keeps it up", parents=site)
    status.add_argument("--json", action="store_true", help="one JSON document on stdout")


def run(options: argparse.Namespace) -> int:
    settings = settings_of(options)
    if settings.redis_url is not None:
        from racecontrol.errors import ConfigError

        raise ConfigError(
            "redis-url: that server is your own", advice="leave --redis-url away for the embedded one"
        )
    if options.verb == "start":
        return _start(settings)
    return _stop(settings) if options.verb == "stop" else _status(settings, as_json=options.json)


def _start(settings: Settings) -> int:
    from racecontrol.server.launcher import keep_server, server_status

    keep_server(settings.server_dir)
    say(f"the server runs at {server_status(settings.server_dir).socket} until `racecontrol server stop`")
    return 0


def _stop(settings: Settings) -> int:
    from racecontrol.server.launcher import release_server

    is_down = release_server(settings.server_dir)
    say("the server is stopped" if is_down else "the server is in use: the last one out stops it")
    return 0


def _status(settings: Settings, *, as_json: bool) -> int:
    from racecontrol.server.launcher import server_status

    status = server_status(settings.server_dir)
    if as_json:
        print_json(
            {
                "up": status.is_up,
                "kept": status.is_kept,
                "used": status.is_used,
                "socket": str(status.socket) if status.socket else None,
            }
        )
    else:
        print_text(_in_words(status))
    return 0


def _in_words(status: ServerStatus) -> str:
    if not status.is_up:
        return "no server runs" + (", though one was asked to be kept" if status.is_kept else "")
    why = (
        "kept by `racecontrol server start`"
        if status.is_kept
        else "in use"
        if status.is_used
        else "an orphan"
    )
    return f"the server answers at {status.socket} ({why})"
