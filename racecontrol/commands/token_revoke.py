"""Take a token back: within a second no process accepts it any more."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import add_confirmation, require_confirmation, settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("token", metavar="ID", help="the beginning of its id, as `token ls` shows it")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    add_confirmation(parser)


def run(options: argparse.Namespace) -> int:
    require_confirmation(options, f"revoke the token {options.token[:12]}")
    return asyncio.run(_revoke(options))


async def _revoke(options: argparse.Namespace) -> int:
    from racecontrol.commands.token_document import token_document
    from racecontrol.control.site import open_site
    from racecontrol.control.token_verbs import TokenVerbs
    from racecontrol.state.tokens import describe

    async with open_site(settings_of(options), warn=say) as site:
        token = await TokenVerbs(site).revoke(options.token)
    if options.json:
        print_json({**token_document(token), "state": "revoked"})
    else:
        print_text(f"{describe(token)} is revoked")
    return 0
