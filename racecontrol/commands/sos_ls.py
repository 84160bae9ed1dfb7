"""List the pilots who called for help, and who acknowledged it."""

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
    from racecontrol.control.sos import SosVerbs
    from racecontrol.domain.clock import iso_utc

    async with open_site(settings_of(options), warn=say) as site:
        calls = await SosVerbs(site).calls()
    rows = [
        {
            "race": call.race_id,
            "bib": call.bib,
            "raised": iso_utc(call.raised_ms),
            "where": call.where,
            "fix": iso_utc(call.fix_ms) if call.fix_ms else None,
            "acknowledged_by": call.acknowledged_by or None,
        }
        for call in calls
    ]
    if options.json:
        print_json({"calls": rows})
        return 0
    for row in rows:
        seen_by = row["acknowledged_by"]
        state = f"acknowledged by {seen_by}" if seen_by else "WAITS"
        at = f" at {row['fix']}" if row["fix"] else ""
        where = f"{row['where'] or 'no position'}{at}"
        print_text(f"{row['race']}  bib {row['bib']}  {row['raised']}  {where}  {state}")
    if not rows:
        say("nobody called for help")
    return 0
