"""Score the stored flights of a race again, and tell what differs from the version before."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.control.site import Site
    from racecontrol.domain.race import Race
    from racecontrol.pipeline.scoring import Rescored, Validation

_TIMES = ("first_ms", "last_ms", "start_ms")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--race", required=True, metavar="ID", dest="race", help="the race, for example R42")
    parser.add_argument(
        "--flight", nargs="+", action="extend", default=[], metavar="ID", help="flight ids or bibs (all)"
    )
    parser.add_argument("-n", dest="workers", type=int, default=1, metavar="N", help="workers to run (1)")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Exit code 5 where a flight did not get through the queue. Every version is kept."""
    return asyncio.run(_reprocess(options))


async def _reprocess(options: argparse.Namespace) -> int:
    from racecontrol.control.site import open_site
    from racecontrol.control.workers import WorkerPool
    from racecontrol.pipeline.scoring import Reprocess

    async with AsyncExitStack() as stack:
        site: Site = await stack.enter_async_context(open_site(settings_of(options), warn=say))
        race = _race_of(site, options.race)
        if options.workers > 0:
            await stack.enter_async_context(WorkerPool(site.settings, options.workers))
        rescored = await Reprocess(options.race, race, site.queue, site.store).run(options.flight)
    if options.json:
        print_json({"race": options.race, "flights": [_document(one) for one in rescored]})
    else:
        print_text("\n".join(_in_words(one) for one in rescored))
    return 0 if all(one.is_complete for one in rescored) else 5


def _race_of(site: Site, race_id: str) -> Race | None:
    from racecontrol.errors import RaceControlError

    try:
        return site.race(race_id)
    except RaceControlError as exc:
        say(f"without starts: {exc}")
        return None


def _in_words(one: Rescored) -> str:
    from racecontrol.domain.text import clean_name

    head = f"{clean_name(one.flight_id)} version {one.version}"
    if one.validation is None or not one.is_complete:
        return f"{head}: not stored; see the dead letters of scoring_points"
    if one.previous is None:
        said = ", ".join(f"{_label(name)} {_shown(name, value)}" for name, value in _values(one.validation))
        return f"{head}: {said}{_official(one.official_start_ms, one.validation.start_ms)}"
    changes = one.changes()
    official = _official(one.official_start_ms, one.validation.start_ms)
    if not changes:
        return f"{head}: as version {one.version - 1}{official}"
    said = ", ".join(
        f"{_label(name)} {_shown(name, before)} → {_shown(name, now)}"
        for name, (before, now) in changes.items()
    )
    return f"{head}: {said}{official}"


def _official(official_ms: int | None, start_ms: int | None) -> str:
    """The official start, and by how much the one found is later; "" where there is none."""
    from racecontrol.domain.clock import iso_utc

    if official_ms is None:
        return ""
    later = "" if start_ms is None else f" ({(start_ms - official_ms) / 1000:+g} s)"
    return f"; official start {iso_utc(official_ms)}{later}"


def _values(validation: Validation) -> list[tuple[str, object]]:
    from dataclasses import asdict

    return list(asdict(validation).items())


def _label(name: str) -> str:
    return name.removesuffix("_ms").replace("_", " ")


def _shown(name: str, value: object) -> str:
    from racecontrol.domain.clock import iso_utc

    if value is None:
        return "-"
    if name in _TIMES and isinstance(value, int):
        return iso_utc(value)
    return f"{value / 1000:g} s" if name.endswith("_ms") and isinstance(value, int) else str(value)


def _document(one: Rescored) -> dict[str, object]:
    from dataclasses import asdict

    changes = {name: {"before": before, "now": now} for name, (before, now) in one.changes().items()}
    return {**asdict(one), "changes": changes}
