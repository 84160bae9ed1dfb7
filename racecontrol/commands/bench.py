"""Measure queue, race start, codec, intake or migration against the method replaced, on this machine."""

from __future__ import annotations

import argparse
import asyncio

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "bench", choices=("queue", "start", "codec", "intake", "migrate"), help="what to measure"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")
    parser.add_argument("--repeat", type=_rounds, default=5, metavar="N", help="rounds; medians are told")
    parser.add_argument(
        "--scale", type=_share, default=1.0, metavar="SHARE", help="of the items (default: 1)"
    )
    parser.add_argument(
        "--fsync", choices=("always", "everysec"), default="always", help="of the bench's own server"
    )
    parser.add_argument(
        "--tcp", action="store_true", help="reach the bench's own server over TCP, not a socket"
    )


def run(options: argparse.Namespace) -> int:
    from racecontrol.bench.report import document, in_words
    from racecontrol.bench.run import Plan, run_bench

    plan = Plan(
        options.bench,
        options.repeat,
        options.scale,
        options.fsync,
        options.tcp,
        settings_of(options).redis_url,
    )
    conditions, results = asyncio.run(run_bench(plan))
    if options.json:
        print_json(document(conditions, results))
    else:
        print_text(in_words(conditions, results))
    return 0


def _rounds(text: str) -> int:
    rounds = int(text)
    if rounds < 1:
        raise ValueError(text)
    return rounds


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 100:
        raise ValueError(text)
    return share
