"""Open the desk of a race."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from contextlib import AsyncExitStack
from io import TextIOWrapper
from typing import TYPE_CHECKING

from racecontrol.commands.ending import ending_signals
from racecontrol.commands.options import racing_settings_of
from racecontrol.commands.output import say
from racecontrol.errors import RaceError

if TYPE_CHECKING:
    from racecontrol.control.site import Site
    from racecontrol.desk.app import Desk
    from racecontrol.desk.options import DeskOptions
    from racecontrol.domain.race import Race
    from racecontrol.settings import Settings

THEMES = ("dark", "light", "sun", "mono")

_SETTLED_S = 3.0
"""After which the first screen is drawn and the workers have begun: until then a single call takes
several times as long, and a speed-up measured against it would be too good."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    desk = parser.add_argument_group("desk")
    desk.add_argument("--race", metavar="ID", help="the race to open, for example R42; else choose one")
    desk.add_argument("--workers", type=_workers, default=2, metavar="N", help="worker processes (2)")
    desk.add_argument("--refresh", type=_refresh, default=1.0, metavar="S", help="seconds between looks (1)")
    desk.add_argument("--theme", default="dark", choices=THEMES, help="dark by default; NO_COLOR wants mono")
    desk.add_argument("--read-only", action="store_true", help="look on; change nothing, run no workers")


def run(options: argparse.Namespace) -> int:
    from racecontrol.desk.terminal import require_terminal

    require_terminal(sys.__stdin__, sys.__stderr__, os.environ)
    settings = racing_settings_of(options)
    _log_to_file(settings)
    if isinstance(sys.__stderr__, TextIOWrapper):
        # A name outside the terminal's encoding would end textual's writing thread.
        sys.__stderr__.reconfigure(errors="replace")
    return asyncio.run(_open(options, settings))


def _workers(text: str) -> int:
    count = int(text)
    if not 0 <= count <= 64:
        raise argparse.ArgumentTypeError("give a number from 0 to 64")
    return count


def _refresh(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= 60:
        raise argparse.ArgumentTypeError("give a number of seconds from 0.1 to 60")
    return seconds


def _log_to_file(settings: Settings) -> None:
    """A line on the terminal would tear the screen: log lines go to desk.log from here on."""
    from racecontrol.settings import kept_in

    with kept_in(settings.log_dir):
        settings.log_dir.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(
            filename=settings.log_dir / "desk.log",
            level=logging.INFO,
            format="%(asctime)s %(levelname)s %(name)s %(message)s",
            force=True,
        )


async def _open(options: argparse.Namespace, settings: Settings) -> int:
    is_colourless = "NO_COLOR" in os.environ
    theme = f"race-{options.theme}"
    race_id = options.race or await _choose(settings, theme)
    if race_id is None:
        return 0
    if is_colourless:
        # textual's App takes the variable out of the environment; the next App wants to see it.
        os.environ["NO_COLOR"] = "1"
    from racecontrol.control.site import open_site

    async with open_site(settings, warn=say) as site:
        return await _run_desk(options, site, race_id, theme)


async def _choose(settings: Settings, theme: str) -> str | None:
    """Let the operator choose; a site with one race has no choice. Raises: RaceError where there is none."""
    from racecontrol.desk.chooser import RaceChooser
    from racecontrol.formats.racefolder import list_races, race_folders

    folders = race_folders(settings)
    races, problems = list_races(folders)
    if not races:
        looked = ", ".join(map(str, folders))
        raise RaceError(f"there is no race in {looked}", advice="bring one in with `racecontrol race import`")
    if len(races) == 1 and not problems:
        return races[0].race_id
    return await RaceChooser(races, problems, theme).run_async()


async def _run_desk(options: argparse.Namespace, site: Site, race_id: str, theme: str) -> int:
    from racecontrol.control.feed import LiveFeed
    from racecontrol.control.verbs import RaceVerbs
    from racecontrol.control.workers import WorkerPool
    from racecontrol.desk.actions import ACTIONS
    from racecontrol.desk.app import Desk
    from racecontrol.domain.clock import SYSTEM_CLOCK
    from racecontrol.pipeline.baseline_watch import BaselineWatch

    race = site.race(race_id)
    workers = 0 if options.read_only else options.workers
    async with AsyncExitStack() as stack:
        complaints = site.settings.log_dir / "workers.log"
        await stack.enter_async_context(WorkerPool(site.settings, workers, complaints=complaints))
        feed = await stack.enter_async_context(LiveFeed(site, race, expected_workers=workers))
        if not options.read_only:
            await stack.enter_async_context(BaselineWatch(site.client, first_s=_SETTLED_S))
        choices = _choices(options, site.settings, race, theme)
        desk = Desk(feed, RaceVerbs(site, race), SYSTEM_CLOCK, choices, ACTIONS)
        _leave_on_signals(desk)
        await desk.run_async()
    return desk.return_code or 0


def _choices(options: argparse.Namespace, settings: Settings, race: Race, theme: str) -> DeskOptions:
    from racecontrol.desk.lines.signs import signs_for
    from racecontrol.desk.options import DeskOptions

    return DeskOptions(
        race_id=race.race_id,
        task=race.task,
        screenshots=settings.data_dir / "screenshots",
        exports=settings.data_dir / "exports" / race.race_id,
        refresh_s=options.refresh,
        theme=theme,
        is_read_only=options.read_only,
        signs=signs_for(sys.__stderr__.encoding if sys.__stderr__ else None),
        keys=settings.keymap,
    )


def _leave_on_signals(desk: Desk) -> None:
    """Leave in order when told to end, or when the terminal is closed: restore it, let workers finish."""
    loop = asyncio.get_running_loop()
    for number in ending_signals():
        loop.add_signal_handler(number, desk.exit)
