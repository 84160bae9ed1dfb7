"""Queue tracks of a race: IGC files, folders of them, zip and tar archives."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say, say_in_place

if TYPE_CHECKING:
    from racecontrol.pipeline.upload import Outcome, UploadReport


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder or an archive")
    parser.add_argument("--race", required=True, metavar="ID", dest="race", help="the race, for example R42")
    parser.add_argument(
        "--bib", default="", metavar="N", help="all files are this pilot's, whatever their names"
    )
    parser.add_argument("--again", action="store_true", help="send what was accepted before as well")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Exit code 1 where a file was refused; the others are queued. A repeat sends what is missing."""
    return asyncio.run(_upload(options))


async def _upload(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.pipeline.upload import Uploader
    from racecontrol.pipeline.upload_files import track_files

    async with open_site(settings_of(options), warn=say) as site:
        race = site.race(options.race)
        uploader = Uploader(race, site.queue, site.store, options.bib, options.again)
        report = await uploader.upload(track_files(options.paths), _Progress())
    if options.json:
        print_json(_document(race.race_id, report))
    else:
        print_text(_in_words(race.race_id, report))
    return 1 if report.refused else 0


class _Progress:
    """Tells the person at a terminal how far it is, and anybody of every refused file."""

    def __init__(self) -> None:
        self._done = 0
        self._is_seen = sys.stderr.isatty()

    def __call__(self, outcome: Outcome) -> None:
        from racecontrol.pipeline.upload_files import RefusedFile

        self._done += 1
        if isinstance(outcome, RefusedFile):
            say(f"{_BLANK if self._is_seen else ''}refused: {outcome.name}: {outcome.reason}")
        if self._is_seen:
            say_in_place(f"{_BLANK}{self._done:,} files\r")


_BLANK = "\r\x1b[K"
"""Empties the line of a terminal."""


def _in_words(race_id: str, report: UploadReport) -> str:
    points = sum(file.points for file in report.accepted)
    said = f"{race_id}: {len(report.accepted):,} files accepted"
    said += f", {points:,} points queued in {report.added:,} items"
    if report.known:
        said += f"; {len(report.known):,} files were accepted before"
    if report.refused:
        said += f"; {len(report.refused)} refused"
    return said


def _document(race_id: str, report: UploadReport) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "race": race_id,
        "points": sum(file.points for file in report.accepted),
        "items_added": report.added,
        "items_known": report.duplicates,
        "accepted": [asdict(file) for file in report.accepted],
        "known": [file.name for file in report.known],
        "refused": [asdict(file) for file in report.refused],
    }
