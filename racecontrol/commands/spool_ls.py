"""List the spools of this machine: what is in them, how old it is, and whether their process lives."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.queues.spool.folder import ListedSpool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Needs no server: a spool is looked at when there is none."""
    from racecontrol.domain.clock import SYSTEM_CLOCK
    from racecontrol.queues.spool.folder import listed

    now_ms = SYSTEM_CLOCK.now_ms()
    spools = [_document(one, now_ms) for one in listed(settings_of(options).spool_dir)]
    if options.json:
        print_json(spools)
        return 0
    for spool in spools:
        print_text(_line(spool))
    if not spools:
        say("no spool: nothing waits on this machine's disk")
    return 0


def _document(spool: ListedSpool, now_ms: int) -> dict[str, Any]:
    totals = spool.totals
    oldest_s = None if totals.oldest_ms is None else max(0.0, (now_ms - totals.oldest_ms) / 1000)
    return {
        "path": str(spool.path),
        "alive": spool.is_alive,
        "items": totals.items,
        "points": totals.points,
        "bytes": totals.bytes,
        "refused": totals.refused,
        "oldest_s": oldest_s,
    }


def _line(spool: dict[str, Any]) -> str:
    said = f"{spool['path']}  {spool['items']:,} items, {spool['points']:,} points"
    said += f", {spool['bytes'] / 1e6:.1f} MB"
    if spool["oldest_s"] is not None:
        said += f", oldest {spool['oldest_s']:.0f} s"
    if spool["refused"]:
        said += f", {spool['refused']:,} REFUSED by the server"
    return said + ("" if spool["alive"] else "  (left behind: spool drain)")
