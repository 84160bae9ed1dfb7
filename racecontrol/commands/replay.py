"""Replay a race: play its tracks after the gun into the queue, or to a service over HTTP, at any speed."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress
from dataclasses import asdict

from racecontrol.commands.child import add_child_option
from racecontrol.commands.ending import on_end
from racecontrol.commands.options import racing_settings_of
from racecontrol.commands.output import print_json, print_text, say
from racecontrol.commands.replay_http import add_http_options, replay_over_http
from racecontrol.errors import Interrupted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race to replay; without --http it must be started")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="N", help="race seconds a second, or max; 1 by default"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    add_http_options(parser)
    add_child_option(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 130 where it was interrupted; over HTTP, 1 where the service did not take everything."""
    return asyncio.run(_replay(options) if options.http is None else replay_over_http(options))


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    with suppress(ValueError):
        if 0 < (speed := float(text)) <= 10_000:
            return speed
    raise argparse.ArgumentTypeError(f"{text!r} is not a number over 0 and up to 10000, nor max")


async def _replay(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.domain.clock import iso_utc
    from racecontrol.pipeline.replay import Replay

    async with open_site(racing_settings_of(options), warn=say) as site:
        race = site.race(options.race)
        replay = Replay(race, site.operator, site.queue, site.races, site.replays)
        stopping = asyncio.Event()
        on_end(stopping.set, is_child=options.child)
        report = await replay.play(options.speed, stopping)
    if options.json:
        print_json(asdict(report))
    else:
        state = "whole" if report.is_complete else f"ended early at {iso_utc(report.until_ms)}"
        print_text(
            f"{report.race} replayed, {state}: {report.points:,} points of {report.flights:,} pilots"
            f" in {report.items:,} items"
        )
    return Interrupted.exit_code if stopping.is_set() else 0
