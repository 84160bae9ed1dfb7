"""List the tokens that were issued, and which were taken back or have expired."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.state.tokens import ListedToken


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--race", metavar="ID", help="those of this race only")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_list(options))


async def _list(options: argparse.Namespace) -> int:
    from racecontrol.commands.token_document import token_document
    from racecontrol.control.site import open_site
    from racecontrol.control.token_verbs import TokenVerbs
    from racecontrol.domain.clock import SYSTEM_CLOCK

    async with open_site(settings_of(options), warn=say) as site:
        listed = await TokenVerbs(site).listed()
    now_ms = SYSTEM_CLOCK.now_ms()
    shown = [one for one in listed if options.race is None or one.token.race_id == options.race]
    if options.json:
        print_json([{**token_document(one.token), "state": _state(one, now_ms)} for one in shown])
        return 0
    for one in shown:
        print_text(_line(one, now_ms))
    if not shown:
        say("no token was issued")
    return 0


def _state(listed: ListedToken, now_ms: int) -> str:
    if listed.is_revoked:
        return "revoked"
    return "expired" if listed.token.expires_ms <= now_ms else "good"


def _line(listed: ListedToken, now_ms: int) -> str:
    from racecontrol.domain.clock import iso_utc

    token = listed.token
    whose = " ".join(filter(None, (token.race_id, token.bib, token.name)))
    until = iso_utc(token.expires_ms // 1000 * 1000)
    state = _state(listed, now_ms)
    return f"{token.token_id[:12]}  {token.kind:<8}  {state:<7}  until {until}  {whose}".rstrip()
