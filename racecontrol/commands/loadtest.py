"""Send uploads, or live points at a rate, to a service; then check its store against what was sent."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.loadtest.plan import Trackers, Uploads
    from racecontrol.loadtest.run import LoadReport

_CHECK_FAILED = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--uploads", type=_count, default=50, metavar="N", help="uploads to send (50)")
    kind.add_argument("--trackers", type=_count, metavar="N", help="live trackers instead of uploads")
    parser.add_argument("--points", type=_count, metavar="M", help="a body (uploads: 1000, trackers: 1)")
    parser.add_argument("--at-once", type=_count, default=50, metavar="N", help="uploads under way (50)")
    parser.add_argument(
        "--rate", type=_positive, default=1.0, metavar="R", help="bodies a tracker and second"
    )
    parser.add_argument("--seconds", type=_positive, default=30.0, metavar="S", help="of trackers (30)")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="of the service it starts (1)")
    parser.add_argument("--url", metavar="URL", help="a running service, instead of one of its own")
    parser.add_argument("--token", metavar="TOKEN", help="with --url: of a whole race (token issue --race)")
    parser.add_argument(
        "--no-check", action="store_true", help="with --url: the service's store is not on this machine"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Exit code 5 where the store differs from what was accepted, 1 where requests were refused."""
    from dataclasses import asdict

    report = asyncio.run(_load(options))
    if options.json:
        check = None
        if report.check is not None:
            check = asdict(report.check) | {"clean": report.check.is_clean}
        print_json(asdict(report) | {"check": check})
    else:
        print_text(_in_words(report))
    if report.check is not None and not report.check.is_clean:
        return _CHECK_FAILED
    return 1 if report.errors else 0


async def _load(options: argparse.Namespace) -> LoadReport:
    from contextlib import nullcontext

    from racecontrol.errors import ConfigError
    from racecontrol.loadtest.own_service import own_service
    from racecontrol.loadtest.run import Target, run_load
    from racecontrol.loadtest.token_race import race_of_token
    from racecontrol.store.database import open_store

    settings, plan = settings_of(options), _plan(options)
    if options.url is None:
        say("starting a service of its own")
        async with own_service(settings, options.workers) as target:
            return await run_load(plan, target)
    if not options.token:
        raise ConfigError("--url wants a token", advice="make one: racecontrol token issue --race ID")
    race_id = race_of_token(options.token)
    place = settings.database_url or settings.database_path
    with nullcontext() if options.no_check else open_store(place) as store:
        return await run_load(plan, Target(options.url, options.token, race_id, store))


def _plan(options: argparse.Namespace) -> Uploads | Trackers:
    from racecontrol.loadtest.plan import Trackers, Uploads

    if options.trackers is not None:
        return Trackers(options.trackers, options.rate, options.seconds, options.points or 1)
    return Uploads(options.uploads, options.points or 1000, options.at_once)


def _in_words(report: LoadReport) -> str:
    lines = [
        f"{report.accepted:,} of {report.sent:,} requests accepted,"
        f" {report.points_accepted:,} of {report.points_sent:,} points",
        f"{report.points_per_s:,.0f} points/s, {report.sent / max(report.seconds, 1e-9):,.0f} requests/s"
        f" in {report.seconds:.2f} s",
        f"answers: p50 {report.p50_ms:.1f} ms, p99 {report.p99_ms:.1f} ms, max {report.max_ms:.1f} ms",
    ]
    lines += [f"error: {count:,} x {kind}" for kind, count in sorted(report.errors.items())]
    check = report.check
    if check is None:
        return "\n".join([*lines, "store: not checked"])
    lines.append(
        f"store: {check.stored:,} of {check.accepted:,} points, {check.seconds:.2f} s after the last answer"
    )
    faults = {
        "missing": check.missing,
        "at another position": check.differing,
        "never sent": check.foreign,
        "in conflict": check.conflicts,
    }
    lines += [f"FAULT: {count:,} points {kind}" for kind, count in faults.items() if count]
    return "\n".join(lines if not check.is_clean else [*lines, "every accepted point is there, once"])


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError("give a number from 1 to 1000000")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 100_000:
        raise argparse.ArgumentTypeError("give a number over 0")
    return value
