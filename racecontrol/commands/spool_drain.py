"""Bring into the server what dead processes left in their spools; a living one drains its own."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_drain(options))


async def _drain(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.pipeline.spool_drain import drain_abandoned
    from racecontrol.queues.spool.folder import listed

    settings = settings_of(options)
    async with open_site(settings, warn=say) as site:
        drained = await drain_abandoned(site.queue, settings.spool_dir)
    left = sum(one.totals.items for one in listed(settings.spool_dir))
    if options.json:
        print_json({"drained": drained, "left": left})
    else:
        more = f"; {left:,} are in the spools of living processes, or refused (see spool ls)" if left else ""
        print_text(f"drained {drained:,} items{more}")
    return 0
