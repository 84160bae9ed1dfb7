"""Acknowledge a pilot's call for help: its alert goes from every desk, the log keeps who did it."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race")
    parser.add_argument("bib", metavar="BIB", help="the pilot's")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_acknowledge(options))


async def _acknowledge(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.control.sos import SosVerbs

    async with open_site(settings_of(options), warn=say) as site:
        await SosVerbs(site).acknowledge(options.race, options.bib)
        operator = site.operator
    if options.json:
        print_json({"race": options.race, "bib": options.bib, "acknowledged_by": operator})
    else:
        print_text(f"SOS of bib {options.bib} in {options.race} acknowledged by {operator}")
    return 0
