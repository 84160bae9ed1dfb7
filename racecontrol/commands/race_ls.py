"""List the races there are."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from racecontrol.commands.options import racing_settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.domain.race import Race


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    from racecontrol.commands.race_document import problem_document
    from racecontrol.formats.racefolder import list_races, race_folders

    folders = race_folders(racing_settings_of(options))
    races, problems = list_races(folders)
    if options.json:
        print_json(
            {
                "races": [_document(race) for race in races],
                "problems": [problem_document(problem) for problem in problems],
                "folders": [str(folder) for folder in folders],
            }
        )
        return 0
    for race in races:
        print_text(_line(race))
    for problem in problems:
        say(f"cannot be opened: {problem}")
    if not races:
        say(f"no race in {', '.join(map(str, folders))}")
    return 0


def _document(race: Race) -> dict[str, object]:
    from racecontrol.domain.clock import iso_utc

    return {
        "race": race.race_id,
        "name": race.name,
        "date": race.day.isoformat(),
        "gun": iso_utc(race.gun_ms),
        "zone": race.zone,
        "pilots": len(race.pilots),
        "pilots_with_tracks": sum(bool(pilot.tracks) for pilot in race.pilots),
        "problems": len(race.problems),
        "folder": str(race.folder),
    }


def _line(race: Race) -> str:
    from racecontrol.domain.clock import iso_utc

    with_tracks = sum(bool(pilot.tracks) for pilot in race.pilots)
    problems = f", {len(race.problems)} problems" if race.problems else ""
    return (
        f"{race.race_id:<12} {iso_utc(race.gun_ms)}  {race.name}  "
        f"({len(race.pilots)} pilots, {with_tracks} with tracks{problems})"
    )
