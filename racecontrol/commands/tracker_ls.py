"""List the trackers that no pilot owns, and those that an operator gave to a pilot."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_list(options))


async def _list(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.control.trackers import TrackerVerbs
    from racecontrol.domain.clock import iso_utc

    async with open_site(settings_of(options), warn=say) as site:
        verbs = TrackerVerbs(site)
        unknown, assigned = await verbs.unknown(), await verbs.assignments()
    if options.json:
        rows = [
            {
                "serial": one.serial,
                "points": one.points,
                "first_seen": iso_utc(one.first_ms),
                "last_seen": iso_utc(one.last_ms),
            }
            for one in unknown
        ]
        given = {
            serial: [{"race": owner.race_id, "bib": owner.bib} for owner in owners]
            for serial, owners in assigned.items()
        }
        print_json({"unknown": rows, "assigned": given})
        return 0
    for one in unknown:
        print_text(f"{one.serial}  no pilot  {one.points:,} points  last heard {iso_utc(one.last_ms)}")
    for serial, owners in sorted(assigned.items()):
        print_text(f"{serial}  {', '.join(map(str, owners))}")
    if not unknown:
        say("no unknown tracker")
    return 0
