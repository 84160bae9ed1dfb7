"""Replay a started race: play its tracks after the gun into the queue, at any speed."""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import suppress
from dataclasses import asdict

from racecontrol.commands.child import add_child_option, on_parent_gone
from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race to replay; it must be started")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="N", help="race seconds a second, or max; 1 by default"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    add_child_option(parser)


def run(options: argparse.Namespace) -> int:
    return asyncio.run(_replay(options))


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    with suppress(ValueError):
        if 0 < (speed := float(text)) <= 10_000:
            return speed
    raise argparse.ArgumentTypeError(f"{text!r} is not a number over 0 and up to 10000, nor max")


async def _replay(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.pipeline.replay import Replay

    if options.child:
        on_parent_gone(lambda: signal.raise_signal(signal.SIGINT))
    async with open_site(settings_of(options), warn=say) as site:
        race = site.race(options.race)
        replay = Replay(race, site.operator, site.queue, site.races, site.replays)
        report = await replay.play(options.speed)
    if options.json:
        print_json(asdict(report))
    else:
        state = "whole" if report.is_complete else "ended early"
        print_text(
            f"{report.race} replayed, {state}: {report.points} points of {report.flights} pilots"
            f" in {report.items} items"
        )
    return 0
