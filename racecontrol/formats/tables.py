"""Tables of points from other systems, read in blocks: CSV and Parquet, with where each block ends.

Cells stay as they are in the file; what they mean is the reader's affair.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError
from racecontrol.formats.source import MEGABYTE, decode_text, opened_source

BLOCK_ROWS: Final = 20_000
"""Rows in memory at once: some 10 MB as Python text."""

_BLOCK_BYTES: Final = 2 * MEGABYTE
_LONGEST_LINE: Final = MEGABYTE


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table was read up to. offset: in bytes of CSV, in rows of Parquet. line: the next one."""

    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that is not taken. line: counted from 1; of Parquet the row. field: "" for the whole row."""

    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows as columns by name. lines: each row's. faults: rows without the right number of cells.

    end: where the next block begins.
    """

    columns: Mapping[str, Sequence[object]]
    lines: Sequence[int]
    faults: Sequence[RowFault]
    end: Place


def csv_header(path: Path) -> tuple[list[str], str]:
    """The names of a CSV file's columns, and its delimiter. Raises: FormatError."""
    with opened_source(path) as file:
        line = decode_text(file.readline(_LONGEST_LINE)).strip("\r\n")
    delimiter = max(",;\t", key=line.count)
    names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]
    if not any(names):
        raise FormatError(
            "the first line names no columns", path=path.name, line=1, advice="add a header line"
        )
    return names, delimiter


def csv_blocks(path: Path, since: Place) -> Iterator[Block]:
    """The rows of a CSV file from a place on. A row is a line; one that is blank is passed over.

    Raises: FormatError where the file cannot be read.
    """
    names, delimiter = csv_header(path)
    with opened_source(path) as file:
        try:
            file.seek(since.offset)
            offset, line = since.offset, since.line
            if line == 1:
                offset, line = offset + len(file.readline(_LONGEST_LINE)), 2
            for lines in _whole_lines(file, path):
                for at in range(0, len(lines), BLOCK_ROWS):
                    part = lines[at : at + BLOCK_ROWS]
                    offset += sum(map(len, part))
                    yield _csv_block(names, delimiter, part, line, offset)
                    line += len(part)
        except OSError as exc:
            raise FormatError(f"cannot be read ({exc.strerror or exc})", path=path.name) from exc


def _whole_lines(file: IO[bytes], path: Path) -> Iterator[list[bytes]]:
    """The rest of a file as lines with their ends, some 2 MB at once. Raises: FormatError."""
    rest = b""
    while chunk := file.read(_BLOCK_BYTES):
        rest += chunk
        end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end].splitlines(keepends=True)
            rest = rest[end:]
        elif len(rest) > _LONGEST_LINE:
            raise FormatError(
                "a line of more than 1 MB", path=path.name, advice="end each row with a line end"
            )
    if rest:
        yield rest.splitlines(keepends=True)


def _csv_block(
    names: Sequence[str], delimiter: str, part: Sequence[bytes], first_line: int, offset: int
) -> Block:
    rows: list[list[str]] = []
    lines: list[int] = []
    faults: list[RowFault] = []
    for line, raw in enumerate(part, first_line):
        text = decode_text(raw).rstrip("\r\n")
        if not text.strip():
            continue
        cells = _cells(text, delimiter)
        if cells is None or len(cells) != len(names):
            found = "a quote that is not closed" if cells is None else f"{len(cells)} cells"
            faults.append(RowFault(line, "", f"{found}, where the header names {len(names)} columns"))
            continue
        rows.append(cells)
        lines.append(line)
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    return Block(columns, lines, faults, Place(offset, first_line + len(part)))


def _cells(text: str, delimiter: str) -> list[str] | None:
    if '"' not in text:
        return text.split(delimiter)
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def shown(value: object) -> str:
    """A cell as a message shows it, cleaned."""
    return clean_text(repr(value), 60)
