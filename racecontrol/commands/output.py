"""What commands print: with --json one document on stdout and nothing else; words for people on stderr."""

from __future__ import annotations

import json
import sys


def print_json(document: object) -> None:
    """Write the one JSON document of a `--json` run."""
    print(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


def print_json_line(document: object) -> None:
    """Write one of the JSON documents of a run that gives one a line, at once."""
    print(json.dumps(document, ensure_ascii=False, allow_nan=False), flush=True)


def print_text(text: str) -> None:
    """Write a command's answer for people, at once."""
    print(text, flush=True)


def say(text: str) -> None:
    """Tell the person who ran the command something that is no part of the answer."""
    sys.stderr.write(f"{text}\n")
