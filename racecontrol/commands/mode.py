"""Show or switch competition mode, for every process of the site."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("mode", choices=["competition"], help="the mode that is meant")
    parser.add_argument("switch", choices=["on", "off"], nargs="?", help="without it, show the mode")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_mode(options))


async def _mode(options: argparse.Namespace) -> int:
    from racecontrol.control.mode import switch_competition
    from racecontrol.control.site import open_site

    async with open_site(settings_of(options), warn=say) as site:
        if options.switch is not None:
            mode = await switch_competition(site, options.switch == "on")
        else:
            mode = await site.modes.mode()
    if options.json:
        print_json({"competition": mode.is_competition, "operator": mode.operator, "since_ms": mode.since_ms})
    else:
        by = f", set by {mode.operator}" if mode.operator else ""
        print_text(f"competition mode is {'on' if mode.is_competition else 'off'}{by}")
    return 0
