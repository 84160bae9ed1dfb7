"""Store what is queued, until told to stop (Ctrl-C, SIGTERM, SIGHUP) or until nothing is left."""

from __future__ import annotations

import argparse
import asyncio
import signal
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from racecontrol.commands.child import add_child_option
from racecontrol.commands.ending import on_end
from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from racecontrol.control.site import Site
    from racecontrol.pipeline.storing import Tally

    _Worked = tuple[Tally, Sequence[signal.Signals]]
    """What was stored, and the signals that ended it."""

_INTERRUPTED = 130
_MOST_PROCESSES = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-n", dest="processes", type=_processes, default=1, metavar="N", help="worker processes (1)"
    )
    parser.add_argument("--until-empty", action="store_true", help="end when every queue is empty")
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    add_child_option(parser)


def run(options: argparse.Namespace) -> int:
    """Exit code 130 after Ctrl-C; the batch in hand is stored and acknowledged in any case."""
    return asyncio.run(_work(options))


async def _work(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from racecontrol.control.site import open_site
    from racecontrol.pipeline.baseline_watch import BaselineWatch

    # A child's parent has said it already.
    warn = (lambda _: None) if options.child else say
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(open_site(settings_of(options), warn=warn))
        if not options.child:
            await stack.enter_async_context(BaselineWatch(site.client))
        if options.processes > 1:
            tally, signals = await _supervise(site, options)
        else:
            tally, signals = await _work_here(site, options)
    if options.json:
        print_json(asdict(tally))
    else:
        print_text(_in_words(tally))
    return _INTERRUPTED if signal.SIGINT in signals else 0


async def _work_here(site: Site, options: argparse.Namespace) -> _Worked:
    from racecontrol.formats.racefolder import race_folders
    from racecontrol.pipeline.worker import Worker

    worker = Worker(site.queue, site.store, folders=race_folders(site.settings))
    signals = on_end(worker.stop, is_child=options.child)
    return await worker.run(until_empty=options.until_empty), signals


async def _supervise(site: Site, options: argparse.Namespace) -> _Worked:
    from racecontrol.control.workers import WorkerPool

    stopping = asyncio.Event()
    signals = on_end(stopping.set, is_child=options.child)
    async with WorkerPool(site.settings, options.processes, until_empty=options.until_empty) as pool:
        ends = [asyncio.create_task(pool.wait()), asyncio.create_task(stopping.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
    return pool.tally, signals


def _processes(text: str) -> int:
    count = int(text) if text.isdecimal() else 0
    if not 1 <= count <= _MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"give a number from 1 to {_MOST_PROCESSES}")
    return count


def _in_words(tally: Tally) -> str:
    said = f"stored {tally.new:,} points of {tally.items:,} items"
    if tally.rows > tally.new:
        said += f"; {tally.rows - tally.new} were stored before"
    if tally.conflicts:
        said += f", {tally.conflicts} of them at another position"
    if tally.buried_items:
        said += f"; {tally.buried_items:,} items could not be read and are dead letters"
    if tally.failed_items:
        said += f"; the store refused items {tally.failed_items:,} times"
    return said
