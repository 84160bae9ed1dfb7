"""Make an invented race: R42, a tiny odd one, or one of any size for trials and benches."""

from __future__ import annotations

import argparse
from pathlib import Path

from racecontrol.commands.options import site_options
from racecontrol.commands.output import print_json, print_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(title="what to do", metavar="VERB", required=True, dest="verb")
    make = verbs.add_parser(
        "make",
        help="write a race folder",
        description="The same id, seed and sizes make the same bytes.",
        parents=[site_options()],
    )
    make.add_argument("race", metavar="ID", help="R42, ODD-EMPTY, ODD-BROKEN, ODD-MIDNIGHT, ... or a new id")
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder of race folders")
    make.add_argument("--seed", type=_whole, metavar="N", help="what all chance follows from; 42 by default")
    make.add_argument("--pilots", type=_whole, metavar="N", help="40 by default")
    make.add_argument("--minutes", type=_whole, metavar="N", help="of track after the gun; 60 by default")
    make.add_argument("--interval", type=_positive, metavar="S", help="of every tracker; 1 to 5 s by default")
    make.add_argument("--points", type=_positive, metavar="N", help="initial points of every ordinary pilot")
    make.add_argument("--clean", action="store_true", help="without the dirt of real trackers")
    make.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Raises: ConfigError for impossible sizes, RaceError where the folder exists or cannot be written."""
    from racecontrol.synthetic.folder import write_files

    folder = options.out / options.race
    size_bytes = write_files(_files(options), folder)
    if options.json:
        print_json({"race": options.race, "folder": str(folder), "bytes": size_bytes})
    else:
        print_text(f"{folder}: {size_bytes / 1e6:.2f} MB")
    return 0


def _files(options: argparse.Namespace) -> dict[str, bytes]:
    from racecontrol.errors import ConfigError
    from racecontrol.formats.racefolder import RACE_ID_ADVICE, is_race_id
    from racecontrol.synthetic.folder import race_files
    from racecontrol.synthetic.maker import make_race
    from racecontrol.synthetic.odd import ODD_RACES
    from racecontrol.synthetic.race import RaceSpec

    if not is_race_id(options.race):
        raise ConfigError(f"{options.race!r} is no race id", advice=f"use {RACE_ID_ADVICE}")
    sizes = {
        "seed": options.seed,
        "pilots": options.pilots,
        "minutes": options.minutes,
        "interval_s": options.interval,
        "initial_points": options.points,
    }
    chosen = {name: number for name, number in sizes.items() if number is not None}
    if options.race in ODD_RACES:
        if chosen or options.clean:
            raise ConfigError(f"{options.race} is always the same", advice="make it without sizes and seed")
        return ODD_RACES[options.race]()
    return race_files(make_race(RaceSpec(race_id=options.race, is_dirty=not options.clean, **chosen)))


def _whole(text: str) -> int:
    if text.isascii() and text.isdecimal():
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 0 or more")


def _positive(text: str) -> int:
    if number := _whole(text):
        return number
    raise argparse.ArgumentTypeError("0 is too small")
