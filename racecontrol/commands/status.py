"""Show the queues, the pipeline's use, the workers and the server of a site."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_json_line, print_text, say

if TYPE_CHECKING:
    from racecontrol.control.feed import LiveFeed
    from racecontrol.telemetry.snapshot import Snapshot

EVERY_S = 1.0
"""Between two looks: a rate needs two, and a second is what the workers' heartbeats take."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--race", metavar="ID", help="show this race's state, too")
    parser.add_argument(
        "--json", action="store_true", help="answer with one JSON document, a line with --watch"
    )
    parser.add_argument("--watch", action="store_true", help="look again every second, until interrupted")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_status(options))


async def _status(options: argparse.Namespace) -> int:
    from racecontrol.control.feed import LiveFeed
    from racecontrol.control.site import open_site
    from racecontrol.queues.baseline import measure_baseline

    async with open_site(settings_of(options), warn=say) as site:
        race = site.race(options.race) if options.race else None
        await measure_baseline(site.client)
        async with LiveFeed(site, race) as feed:
            await feed.tick()
            await feed.settle()
            if options.watch:
                await _watch(feed, as_json=options.json)
            await asyncio.sleep(EVERY_S)
            _print(await feed.tick(), as_json=options.json)
    return 0


async def _watch(feed: LiveFeed, *, as_json: bool) -> None:
    """Print a snapshot a second, for ever: it ends with the interrupt, or with whoever reads it.

    That the server went away, and came back, is said when it happens.
    """
    from racecontrol.telemetry.document import status_document

    was_up = True
    while True:
        await asyncio.sleep(EVERY_S)
        snapshot = await feed.tick()
        if snapshot.server.is_up != was_up:
            was_up = snapshot.server.is_up
            say("the queue server " + ("is back" if was_up else f"is away: {snapshot.server.error}"))
        if as_json:
            print_json_line(status_document(snapshot))
        else:
            _print(snapshot, as_json=False)
            print_text("")


def _print(snapshot: Snapshot, *, as_json: bool) -> None:
    from racecontrol.commands.status_text import status_text
    from racecontrol.telemetry.document import status_document

    if as_json:
        print_json(status_document(snapshot))
    else:
        print_text(status_text(snapshot))
