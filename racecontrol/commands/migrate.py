"""Bring points in from elsewhere: CSV, Parquet, or the store of another racecontrol."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say, say_in_place

if TYPE_CHECKING:
    from racecontrol.control.site import Site
    from racecontrol.pipeline.migrate import MigrationProgress, MigrationReport
    from racecontrol.pipeline.migrate_source import Staging

_PHASES = {
    "read": "rows read",
    "queue": "points queued",
    "store": "points wait for the workers",
    "compare": "flights compared",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SOURCE", help="a .csv, a .parquet or a racecontrol.db")
    parser.add_argument(
        "--map",
        nargs="+",
        action="extend",
        default=[],
        metavar="OURS=THEIRS",
        help="columns by name: flight, time, lat, lon, gnss_alt, pressure_alt, speed, heading, race, bib",
    )
    parser.add_argument("--flight", default="", metavar="ID", help="the flight of all rows")
    parser.add_argument("--race", dest="race", default="", metavar="ID", help="the race of all rows")
    parser.add_argument("--bib", default="", metavar="N", help="the bib of all rows")
    parser.add_argument(
        "--priority", type=float, metavar="N", help="of the items (minus the time of receipt)"
    )
    parser.add_argument("-n", dest="workers", type=int, default=1, metavar="N", help="workers to run (1)")
    parser.add_argument("--no-verify", action="store_true", help="queue only: no worker, no comparison")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Exit code 5 where the store does not hold what the source has; a run that was killed goes on."""
    return asyncio.run(_migrate(options))


async def _migrate(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.control.workers import WorkerPool
    from racecontrol.pipeline.migrate import Migration
    from racecontrol.pipeline.migrate_source import MigrationSource, Staging

    source = MigrationSource(options.source, _mapping(options.map), options.flight, options.race, options.bib)
    async with AsyncExitStack() as stack:
        site: Site = await stack.enter_async_context(open_site(settings_of(options), warn=say))
        staging = stack.enter_context(Staging(site.settings.data_dir / "migrations", source))
        if not options.no_verify and options.workers > 0:
            await stack.enter_async_context(WorkerPool(site.settings, options.workers))
        migration = Migration(staging, site.queue, site.store, options.priority, not options.no_verify)
        report = await migration.run(_Progress())
        if not report.differing:
            staging.discard()
    _tell_faults(staging, report)
    if options.json:
        print_json(_document(report))
    else:
        print_text(_in_words(report))
    return 5 if report.differing else 0


def _mapping(given: list[str]) -> dict[str, str]:
    from racecontrol.errors import ConfigError

    pairs = [pair.partition("=") for pair in given]
    for ours, _, theirs in pairs:
        if not ours or not theirs:
            raise ConfigError(f"map: {ours!r} names no column", advice="write --map time=their_column")
    return {ours: theirs for ours, _, theirs in pairs}


class _Progress:
    """Tells the person at a terminal how far it is."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()

    def __call__(self, progress: MigrationProgress) -> None:
        if self._is_seen:
            say_in_place(f"\r\x1b[K{progress.done:,} {_PHASES[progress.phase]}\r")


def _tell_faults(staging: Staging, report: MigrationReport) -> None:
    from racecontrol.pipeline.migrate_source import fault_text

    for fault in report.faults:
        say(f"refused: {fault_text(staging.source.path.name, fault)}")
    if report.refused:
        say(f"{report.refused} rows refused: all of them are listed in {staging.faults_path}")


def _in_words(report: MigrationReport) -> str:
    said = f"{report.points:,} points of {len(report.flights)} flights queued in {report.items_added:,} items"
    if report.items_known:
        said += f" ({report.items_known:,} were queued before)"
    if report.doubled:
        said += f"; {report.doubled} rows had the flight and time of another"
    if not report.is_verified:
        return f"{said}; not compared with the store"
    if report.differing:
        lines = [
            f"{check.flight_id}: {check.points:,} points, {check.checksum} in the source;"
            f" {check.stored_points:,}, {check.stored_checksum} in the store"
            for check in report.differing
        ]
        return "\n".join([f"{said}; {len(lines)} flights differ in the store:", *lines])
    return f"{said}; every flight is in the store, counts and checksums are equal"


def _document(report: MigrationReport) -> dict[str, object]:
    from dataclasses import asdict

    document = asdict(report)
    document["equal"] = not report.differing if report.is_verified else None
    document["stage_s"], document["queue_s"] = round(report.stage_s, 4), round(report.queue_s, 4)
    return document
