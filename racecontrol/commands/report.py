"""Sum up the ledger: batches, methods, insertion, the pipeline's part, depths around competition mode."""

from __future__ import annotations

import argparse
import re
from typing import Final

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text

_UNITS_MS: Final = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}
_LONGEST_MS: Final = 7 * _UNITS_MS["d"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since", type=_span_ms, default=_UNITS_MS["h"], metavar="SPAN", help="15m, 1h, 2d; 1h by default"
    )
    parser.add_argument("--race", metavar="ID", help="only operations with points of this race")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="answer with one JSON document")
    form.add_argument(
        "--csv", action="store_true", help="answer with the batches, a line a minute and method"
    )


def run(options: argparse.Namespace) -> int:
    """Needs no server: the ledger is in the store."""
    from dataclasses import asdict

    from racecontrol.commands.report_text import report_csv, report_text
    from racecontrol.domain.clock import SYSTEM_CLOCK
    from racecontrol.store.database import open_store
    from racecontrol.store.reports import ReportSpan

    settings = settings_of(options)
    now_ms = SYSTEM_CLOCK.now_ms()
    with open_store(settings.database_url or settings.database_path) as store:
        report = store.report(ReportSpan(now_ms - options.since, now_ms, options.race))
    if options.json:
        print_json(asdict(report))
    elif options.csv:
        print_text(report_csv(report))
    else:
        print_text(report_text(report))
    return 0


def _span_ms(text: str) -> int:
    told = re.fullmatch(r"(\d{1,6})([mhd])", text)
    span_ms = int(told[1]) * _UNITS_MS[told[2]] if told else 0
    if not 0 < span_ms <= _LONGEST_MS:
        raise argparse.ArgumentTypeError(f"{text!r} is no span up to 7d, such as 15m, 1h or 2d")
    return span_ms
