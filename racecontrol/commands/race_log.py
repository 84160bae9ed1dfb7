"""Show the race log: who started, recalled and decided what, and when, of one race or of the site."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from racecontrol.commands.options import settings_of
from racecontrol.commands.output import print_json, print_text, say

if TYPE_CHECKING:
    from racecontrol.domain.log_entry import LogEntry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "race", nargs="?", metavar="ID", help="this race's entries and the whole site's; all without one"
    )
    parser.add_argument("--json", action="store_true", help="answer with one JSON document")


def run(options: argparse.Namespace) -> int:
    """Needs no server: the log is copied to the store."""
    from racecontrol.store.database import open_store

    settings = settings_of(options)
    with open_store(settings.database_url or settings.database_path) as store:
        entries = store.log(options.race)
    if options.json:
        print_json([_document(entry) for entry in entries])
        return 0
    for entry in entries:
        print_text(_line(entry))
    if not entries:
        say(f"nothing of {options.race or 'any race'} is in the store's race log")
    return 0


def _document(entry: LogEntry) -> dict[str, object]:
    from racecontrol.domain.clock import iso_utc

    return {
        "time": iso_utc(entry.time_ms),
        "race": entry.race_id or None,
        "operator": entry.operator,
        "what": entry.what,
        "why": entry.why,
        "severity": entry.severity.value,
    }


def _line(entry: LogEntry) -> str:
    from racecontrol.domain.clock import iso_utc
    from racecontrol.domain.severity import Severity

    said = f"{entry.what}: {entry.why}" if entry.why else entry.what
    loud = "" if entry.severity is Severity.INFO else f"{entry.severity.value.upper()} "
    who = f"  ({entry.operator})" if entry.operator else ""
    return f"{iso_utc(entry.time_ms):<24}  {entry.race_id or '-':<12}  {loud}{said}{who}"
