"""Recall a start: withdraw what no worker has taken yet, and begin a new pass."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import add_confirmation, racing_settings_of, require_confirmation
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race to recall")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    add_confirmation(parser)


def run(options: argparse.Namespace) -> int:
    require_confirmation(options, f"recall {options.race}")
    return asyncio.run(_recall(options))


async def _recall(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.control.verbs import RaceVerbs
    from racecontrol.pipeline.report import document

    async with open_site(racing_settings_of(options), warn=say) as site:
        report = await RaceVerbs(site, site.race(options.race)).recall()
    if options.json:
        print_json(document(report))
    else:
        print_text(
            f"{report.race} recalled by {report.operator}; {report.withdrawn_points:,} points in "
            f"{report.withdrawn_items:,} items withdrawn; the next start is pass {report.pass_number}"
        )
    return 0
