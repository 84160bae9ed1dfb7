"""Write the stored tracks of a race as files, one a flight."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.pipeline.export import ExportReport
    from racecontrol.settings import Settings

_FORMATS = ("igc", "csv", "geojson", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race, for example R42")
    parser.add_argument("--format", choices=_FORMATS, default="igc", help="of the files (igc)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to (a folder ID-tracks here)")
    parser.add_argument("--bib", metavar="N", help="one pilot only")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Needs no server. Exit code 1 where a flight could not be written; the others are."""
    from racecontrol.domain.text import clean_name
    from racecontrol.pipeline.export import export_race
    from racecontrol.store.database import open_store

    settings = settings_of(options)
    folder = options.out or Path(f"{options.race}-tracks")
    with open_store(settings.database_url or settings.database_path) as store:
        report = export_race(
            store,
            options.race,
            folder,
            options.format,
            bib=options.bib,
            pilot_names=_pilot_names(settings, options.race),
        )
    for failure in report.failures:
        say(f"not written: {clean_name(failure.flight.flight_id)}: {failure.reason}")
    if options.json:
        print_json(_document(options, folder, report))
    else:
        points = sum(track.points for track in report.tracks)
        print_text(f"{len(report.tracks)} tracks, {points:,} points written to {folder}")
    return 1 if report.failures else 0


def _pilot_names(settings: Settings, race_id: str) -> dict[str, str]:
    """Names by bib; none where the race's folder is not here, since the tracks are all the same."""
    from racecontrol.errors import RaceControlError
    from racecontrol.formats.racefolder import find_race, race_folders

    try:
        race = find_race(race_id, race_folders(settings))
    except RaceControlError as exc:
        say(f"without pilots' names: {exc}")
        return {}
    return {pilot.bib: pilot.name for pilot in race.pilots}


def _document(options: argparse.Namespace, folder: Path, report: ExportReport) -> dict[str, object]:
    return {
        "race": options.race,
        "format": options.format,
        "folder": str(folder),
        "points": sum(track.points for track in report.tracks),
        "tracks": [
            {
                "flight_id": track.flight.flight_id,
                "bib": track.flight.bib,
                "points": track.points,
                "file": str(track.path),
            }
            for track in report.tracks
        ],
        "failed": [
            {"flight_id": failure.flight.flight_id, "bib": failure.flight.bib, "reason": failure.reason}
            for failure in report.failures
        ],
    }
