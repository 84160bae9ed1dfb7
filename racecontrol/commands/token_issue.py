"""Issue a token: for one pilot, a whole race, an operator, or a dashboard that only reads."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.domain.sender import SenderKind

_MOST_DAYS = 366
_POINTS_DAYS = 14.0
_OTHER_DAYS = 90.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what it is for")
    what_for = group.add_mutually_exclusive_group(required=True)
    what_for.add_argument("--race", metavar="ID", help="may send points of this race")
    what_for.add_argument(
        "--for-operator",
        metavar="NAME",
        nargs="?",
        const="",
        help="may call the verbs; the race log shows them under this name (that of --operator)",
    )
    what_for.add_argument("--read", action="store_true", help="may ask, and change nothing")
    parser.add_argument("--bib", metavar="BIB", help="with --race: of this pilot only")
    parser.add_argument(
        "--days", type=_days, metavar="N", help="how long it is good (points: 14, others: 90)"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """The token goes to stdout, alone, and is kept nowhere."""
    from racecontrol.errors import ConfigError

    if options.bib and not options.race:
        raise ConfigError("--bib is of a race", advice="add --race ID")
    return asyncio.run(_issue(options))


async def _issue(options: argparse.Namespace) -> int:
    from racecontrol.commands.token_document import token_document
    from racecontrol.control.site import open_site
    from racecontrol.control.token_verbs import TokenVerbs
    from racecontrol.domain.clock import iso_utc
    from racecontrol.domain.text import clean_name
    from racecontrol.state.tokens import describe

    kind, days = _kind(options)
    async with open_site(settings_of(options), warn=say) as site:
        name = ""
        if options.for_operator is not None:
            name = clean_name(options.for_operator) or site.operator
        given = await TokenVerbs(site).issue(
            kind, days, race_id=options.race or "", bib=options.bib or "", name=name
        )
    if options.json:
        print_json({**token_document(given.token), "token": given.text})
    else:
        until = iso_utc(given.token.expires_ms // 1000 * 1000)
        say(f"{describe(given.token)}, good until {until}; it is shown once")
        print_text(given.text)
    return 0


def _kind(options: argparse.Namespace) -> tuple[SenderKind, float]:
    from racecontrol.domain.sender import SenderKind

    if options.race:
        return SenderKind.PILOT if options.bib else SenderKind.RACE, options.days or _POINTS_DAYS
    return SenderKind.READ if options.read else SenderKind.OPERATOR, options.days or _OTHER_DAYS


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = 0.0
    if not 0 < days <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"give a number of days up to {_MOST_DAYS}")
    return days
