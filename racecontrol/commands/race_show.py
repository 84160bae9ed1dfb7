"""Show a race: its task, its pilots and their initial points, and whatever was wrong with its files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from racecontrol.commands.options import racing_settings_of
from racecontrol.commands.output import print_json, print_text

if TYPE_CHECKING:
    from racecontrol.commands.race_document import PilotReading
    from racecontrol.domain.race import Race


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("race", metavar="ID", help="the race to show, for example R42")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    parser.add_argument(
        "--repairs", action="store_true", help="tell every repaired and refused line, one by one"
    )


def run(options: argparse.Namespace) -> int:
    from racecontrol.commands.race_document import race_document, read_pilots
    from racecontrol.formats.racefolder import find_race, race_folders

    race = find_race(options.race, race_folders(racing_settings_of(options)))
    readings = read_pilots(race)
    if options.json:
        print_json(race_document(race, readings, with_repairs=options.repairs))
    else:
        print_text("\n".join(_lines(race, readings, with_repairs=options.repairs)))
    return 0


def _lines(race: Race, readings: list[PilotReading], *, with_repairs: bool) -> Iterator[str]:
    from racecontrol.commands.race_document import repair_documents
    from racecontrol.domain.clock import iso_utc

    initial = sum(reading.initial for reading in readings)
    dropped = sum(reading.dropped for reading in readings)
    yield f"{race.race_id}  {race.name}"
    yield f"gun {iso_utc(race.gun_ms)}, zone {race.zone}, {len(race.pilots)} pilots, {race.folder}"
    yield f"initial points {initial:,} = {initial + dropped:,} B records until the gun - {dropped:,} dropped"
    yield from _task_lines(race)
    yield f"{'BIB':>6}  {'PILOT':<40}  {'STATE':<8} {'INITIAL':>8} {'FIXES':>8} {'DROPPED':>8}"
    for reading in readings:
        yield _pilot_line(reading)
    for problem in (
        *race.problems,
        *(problem for one in readings if one.track for problem in one.track.problems),
    ):
        yield f"problem: {problem}"
    if with_repairs:
        for reading in readings:
            for line in repair_documents(race, reading):
                reason = f": {line['reason']}" if line["reason"] else ""
                yield f"{line['file']}:{line['line']}: {line['kind']}{reason} ({line['time'] or 'no time'})"


def _task_lines(race: Race) -> Iterator[str]:
    if race.task is None:
        yield "no task"
        return
    for turnpoint in race.task.turnpoints:
        sense = "exit" if turnpoint.is_exit else "line" if turnpoint.is_line else ""
        place = f"{turnpoint.lat_deg:9.5f} {turnpoint.lon_deg:10.5f} {turnpoint.radius_m:7.0f} m"
        yield f"  {turnpoint.kind.value:<10} {turnpoint.name:<12} {place}  {sense}".rstrip()


def _pilot_line(reading: PilotReading) -> str:
    from racecontrol.domain.text import cell_width

    name = reading.pilot.name + " " * (40 - cell_width(reading.pilot.name))
    track = reading.track
    fixes, dropped = (len(track.fixes), track.dropped) if track else (0, 0)
    who = f"{reading.pilot.bib:>6}  {name}  {reading.status.state.value:<8}"
    why = reading.fault or reading.status.reason
    return f"{who} {reading.initial:8} {fixes:8} {dropped:8}  {why}".rstrip()
