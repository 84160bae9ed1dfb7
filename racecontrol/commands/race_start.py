"""Start a race: queue every pilot's initial points at priority 1000, ahead of everything else."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from racecontrol.commands.options import add_confirmation, racing_settings_of, require_confirmation
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.pipeline.report import StartProgress, StartReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race to start, for example R42")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    add_confirmation(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 1 where somebody else has started this pass; with --json its report is the answer."""
    require_confirmation(options, f"start {options.race}")
    return asyncio.run(_start(options))


async def _start(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.control.verbs import RaceVerbs
    from racecontrol.pipeline.report import document

    async with open_site(racing_settings_of(options), warn=say) as site:
        race = site.race(options.race)
        for problem in race.problems:
            say(f"problem: {problem}")
        report = await RaceVerbs(site, race).start(_say_progress)
    if options.json:
        print_json(document(report))
    else:
        print_text(_in_words(report))
    return 0


def _say_progress(progress: StartProgress) -> None:
    if progress.done == progress.total:
        verb = {"gather": "gathered", "enqueue": "queued"}[progress.stage]
        say(f"{verb} {progress.points:,} points: {progress.done:,} of {progress.total:,}")


def _in_words(report: StartReport) -> str:
    lines = [
        f"{report.race} started by {report.operator}, pass {report.pass_number}",
        f"{report.points:,} points of {report.flights_queued:,} of {report.pilots} pilots queued"
        f" in {report.items:,} items at priority {report.priority}",
        f"gathered in {report.gather_ms:.0f} ms, queued in {report.enqueue_ms:.0f} ms, "
        + ("synced to disk" if report.durable else "NOT DURABLE: this server can lose acknowledged points"),
    ]
    lines += [f"not queued: bib {one.bib}: {one.reason}" for one in report.rejected]
    return "\n".join(lines)
