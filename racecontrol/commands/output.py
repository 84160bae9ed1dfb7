"""What commands print: with --json one document on stdout and nothing else; words for people on stderr."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from racecontrol.errors import AlreadyStarted, RaceControlError


class ReaderGone(Exception):
    """Nobody reads our answer any more: its pipe is closed, or the terminal."""


def print_json(document: object) -> None:
    """Write the one JSON document of a `--json` run. Raises: ReaderGone."""
    print_text(_printable(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)))


def print_json_line(document: object) -> None:
    """Write one of the JSON documents of a run that gives one a line, at once. Raises: ReaderGone."""
    print_text(_printable(json.dumps(document, ensure_ascii=False, allow_nan=False)))


def print_failure(error: RaceControlError) -> None:
    """Write the document of a `--json` run that failed: a start that somebody else made, or the error.

    Raises: ReaderGone.
    """
    if isinstance(error, AlreadyStarted) and error.report is not None:
        print_json(error.report)
    else:
        told = {"what": error.what, "advice": error.advice, "code": error.code}
        print_json_line({"error": told | {**error.facts}})


def print_text(text: str) -> None:
    """Write a command's answer for people, at once. Raises: ReaderGone."""
    with _written(sys.stdout):
        print(text, flush=True)


def say(text: str) -> None:
    """Tell the person who ran the command something that is no part of the answer."""
    say_in_place(f"{text}\n")


def say_in_place(text: str) -> None:
    """Say it without going to a new line. Where nobody listens, or nothing takes it, it is for nobody."""
    # Python has None where stderr was closed before it began.
    stream: TextIO | None = sys.stderr
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        _give_up(stream)


def _printable(document: str) -> str:
    """JSON that UTF-8 can hold: a path may be no text."""
    return document.encode("utf-8", "backslashreplace").decode()


@contextmanager
def _written(stream: TextIO) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        if not _is_reader_gone(exc, stream):
            raise
        _give_up(stream)
        raise ReaderGone from exc


def _give_up(stream: TextIO) -> None:
    """Python would complain once more while flushing at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_reader_gone(exc: OSError, stream: TextIO) -> bool:
    """A closed pipe, or a terminal that was closed; not a file whose disk fails."""
    is_device = stat.S_ISCHR(os.fstat(stream.fileno()).st_mode)
    return exc.errno == errno.EPIPE or (exc.errno == errno.EIO and is_device)
