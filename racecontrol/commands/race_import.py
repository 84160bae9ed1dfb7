"""Make a race folder out of a competition's own files: the FSDB of its scoring and its tracks."""

from __future__ import annotations

import argparse
from pathlib import Path

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--id", required=True, metavar="ID", help="the id the race gets, for example C1")
    parser.add_argument("--fsdb", required=True, type=Path, metavar="FILE", help="the FSDB file")
    parser.add_argument("--task", required=True, metavar="NAME", help="which task of it, by name or id")
    parser.add_argument(
        "--tracks", required=True, type=Path, metavar="DIR", help="a folder, .zip or .tar.xz of IGC files"
    )
    parser.add_argument("--gate", type=int, default=1, metavar="N", help="the start gate that is the gun (1)")
    parser.add_argument("--zone", default="", metavar="IANA", help="time zone, for example Europe/Paris")
    parser.add_argument("--force", action="store_true", help="replace the race of this id")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    from racecontrol.commands.race_document import problem_document
    from racecontrol.domain.clock import iso_utc
    from racecontrol.formats.race_import import ImportRequest, import_race

    settings = settings_of(options)
    race = import_race(
        ImportRequest(
            race_id=options.id,
            fsdb=options.fsdb,
            task=options.task,
            tracks=options.tracks,
            into=settings.races[0] if settings.races else settings.site_races,
            gate=options.gate,
            zone=options.zone,
            is_forced=options.force,
        )
    )
    with_tracks = sum(bool(pilot.tracks) for pilot in race.pilots)
    if options.json:
        print_json(
            {
                "race": race.race_id,
                "name": race.name,
                "gun": iso_utc(race.gun_ms),
                "zone": race.zone,
                "pilots": len(race.pilots),
                "pilots_with_tracks": with_tracks,
                "folder": str(race.folder),
                "problems": [problem_document(problem) for problem in race.problems],
            }
        )
        return 0
    for problem in race.problems:
        say(f"problem: {problem}")
    print_text(
        f"{race.race_id}: {race.name}, gun {iso_utc(race.gun_ms)} ({race.zone}), "
        f"{len(race.pilots)} pilots, {with_tracks} with tracks, in {race.folder}"
    )
    return 0
