"""Replay over HTTP: its options, and what it answers."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from racecontrol.commands.ending import on_end
from racecontrol.commands.options import racing_settings_of
from racecontrol.commands.output import print_json, print_text
from racecontrol.errors import Interrupted

if TYPE_CHECKING:
    from racecontrol.loadtest.http_replay import HttpReplayReport

_FORMATS = ("live", "optimized", "flymaster", "upload")
_CONNECTIONS = 64


def add_http_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("over HTTP")
    group.add_argument("--http", metavar="URL", help="send to this service, as the trackers would")
    group.add_argument("--token", metavar="TOKEN", help="of the whole race (token issue --race)")
    group.add_argument(
        "--format",
        dest="wire_formats",
        action="append",
        choices=_FORMATS,
        help="of the bodies; may be repeated; pilots are dealt out to all of them by default",
    )


async def replay_over_http(options: argparse.Namespace) -> int:
    """Exit code 1 where the service did not take everything, 130 where it was interrupted.

    Raises: RaceError; ConfigError.
    """
    from dataclasses import asdict

    from racecontrol.control.devices import device_secrets
    from racecontrol.errors import ConfigError
    from racecontrol.formats.racefolder import find_race, race_folders
    from racecontrol.loadtest.client import open_load_client
    from racecontrol.loadtest.http_replay import HttpReplay, WireFormat

    if not options.token:
        raise ConfigError("--http wants a token", advice="make one: racecontrol token issue --race ID")
    settings = racing_settings_of(options)
    race = find_race(options.race, race_folders(settings))
    formats = [WireFormat(name) for name in dict.fromkeys(options.wire_formats or _FORMATS)]
    secrets = device_secrets(settings) if WireFormat.FLYMASTER in formats else None
    stopping = asyncio.Event()
    on_end(stopping.set)
    async with open_load_client(options.http, options.token, _CONNECTIONS) as client:
        report = await HttpReplay(race, client, secrets).play(options.speed, formats, stopping)
    if options.json:
        print_json(asdict(report))
    else:
        print_text(_in_words(report, stopping.is_set()))
    if stopping.is_set():
        return Interrupted.exit_code
    return 1 if report.errors else 0


def _in_words(report: HttpReplayReport, is_interrupted: bool) -> str:
    head = f"{report.race}: {report.accepted_points:,} of {report.points:,} points accepted"
    lines = [f"{head}, then interrupted" if is_interrupted else head]
    lines += [
        f"{name:<10} {one.pilots:>4} pilots, {one.accepted_bodies:,} of {one.bodies:,} bodies,"
        f" {one.accepted_points:,} of {one.points:,} points"
        for name, one in report.formats.items()
    ]
    lines += [f"error: {count:,} x {kind}" for kind, count in sorted(report.errors.items())]
    return "\n".join(lines)
