"""Give a tracker to a pilot: what it has sent and what it will send becomes the pilot's."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("serial", metavar="SERIAL", help="the tracker")
    parser.add_argument("bib", metavar="BIB", help="the pilot's")
    parser.add_argument("--race", required=True, metavar="ID", help="the race the pilot flies in")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_assign(options))


async def _assign(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from racecontrol.control.site import open_site
    from racecontrol.control.trackers import TrackerVerbs

    async with open_site(settings_of(options), warn=say) as site:
        done = await TrackerVerbs(site).assign(options.serial, options.bib, options.race)
    if options.json:
        print_json(asdict(done))
    else:
        print_text(f"tracker {done.serial} is bib {done.bib}'s in {done.race}; {done.points:,} points queued")
        say("what of it still waits, in a queue or a spool, follows when a worker stores it")
    return 0
