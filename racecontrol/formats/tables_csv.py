"""CSV files as blocks of a table. A row is a line; one that is blank is passed over.

Lines are cut at their delimiters all at once. A line that needs a reader of CSV (a delimiter or a quote
inside quotes, too few cells) is read by one, and its cells stand behind the file's own.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np

from racecontrol.errors import FormatError
from racecontrol.formats.cells import MARGIN, Bytes, Cells, Places
from racecontrol.formats.csv_lines import LINE_END, Lines, PlainLines
from racecontrol.formats.source import MEGABYTE, decode_text, opened_source
from racecontrol.formats.tables import Block, Column, Place, RowFault, TextColumn

BLOCK_BYTES: Final = MEGABYTE
"""Read at once: some 20,000 rows, whose columns stay in the processor's cache."""

_LONGEST_LINE: Final = MEGABYTE


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


def csv_blocks(path: Path, since: Place, wanted: Sequence[str]) -> Iterator[Block]:
    """The rows of a CSV file from a place on, of these columns only.

    A block is good until the next is asked for: both stand in the same memory.
    Raises: FormatError where the file cannot be read.
    """
    names, delimiter = csv_header(path)
    table = _Table(len(names), ord(delimiter), {name: names.index(name) for name in wanted})
    with opened_source(path) as file:
        try:
            file.seek(since.offset)
            at = since
            if at.line == 1:
                at = Place(at.offset + len(file.readline(_LONGEST_LINE)), 2)
            for text in _whole_lines(file, path):
                block = _block(table, text, at)
                yield block
                at = block.end
        except OSError as exc:
            raise FormatError(f"cannot be read ({exc.strerror or exc})", path=path.name) from exc


def _whole_lines(file: IO[bytes], path: Path) -> Iterator[Bytes]:
    """The rest of a file as whole lines with MARGIN around, some BLOCK_BYTES at once. Raises: FormatError."""
    # New memory for every block would cost half as much as reading its numbers.
    buffer = bytearray(MARGIN + _LONGEST_LINE + BLOCK_BYTES + MARGIN)
    text = np.frombuffer(buffer, np.uint8)
    end = MARGIN
    while count := file.readinto(memoryview(buffer)[end : end + BLOCK_BYTES]):  # type: ignore[attr-defined]
        end += count
        stop = buffer.rfind(b"\n", MARGIN, end) + 1
        if stop:
            yield text[: stop + MARGIN]
            rest = buffer[stop:end]
            end = MARGIN + len(rest)
            buffer[MARGIN:end] = rest
        if end > MARGIN + _LONGEST_LINE:
            raise FormatError(
                "a line of more than 1 MB", path=path.name, advice="end each row with a line end"
            )
    if end > MARGIN:
        buffer[end] = LINE_END
        yield text[: end + 1 + MARGIN]


@dataclass(frozen=True, slots=True)
class _Table:
    """What holds for every line. wanted: the columns to be read, and where each stands."""

    width: int
    delimiter: int
    wanted: dict[str, int]


def _block(table: _Table, text: Bytes, at: Place) -> Block:
    lines = Lines.of(text, table.delimiter)
    plain = PlainLines.of(lines, table.width)
    others = np.delete(np.arange(len(lines.starts)), plain.lines)
    odd, faults = _read_odd(table, lines, others, at.line)
    rows = np.concatenate((plain.lines, np.array(odd.lines, np.intp)))
    order = np.argsort(rows, kind="stable") if odd.lines else slice(None)
    behind = odd.text_behind(text)
    columns: dict[str, Column] = {}
    for name, number in table.wanted.items():
        starts, ends = plain.cells(number)
        if odd.lines:
            starts = np.concatenate((starts, odd.starts[number]))[order]
            ends = np.concatenate((ends, odd.ends[number]))[order]
        columns[name] = TextColumn(Cells(behind, starts, ends))
    end = Place(at.offset + len(text) - 2 * MARGIN, at.line + len(lines.starts))
    return Block(columns, rows[order] + at.line, faults, end)


class _Odd:
    """Lines that a reader of CSV has read, their cells one behind the other. starts, ends: by column."""

    def __init__(self, table: _Table, end: int) -> None:
        self.lines: list[int] = []
        self.starts: dict[int, list[int]] = {number: [] for number in table.wanted.values()}
        self.ends: dict[int, list[int]] = {number: [] for number in table.wanted.values()}
        self._end = end
        self._text = bytearray()

    def add(self, line: int, cells: Sequence[bytes]) -> None:
        """Put the cells of a line behind all others."""
        self.lines.append(line)
        for number, starts in self.starts.items():
            starts.append(self._end + len(self._text))
            self._text += cells[number]
            self.ends[number].append(self._end + len(self._text))

    def text_behind(self, text: Bytes) -> Bytes:
        """The text with these cells behind it."""
        if not self._text:
            return text
        return np.concatenate((text, np.frombuffer(bytes(self._text) + bytes(MARGIN), np.uint8)))


def _read_odd(table: _Table, lines: Lines, which: Places, first_line: int) -> tuple[_Odd, list[RowFault]]:
    odd, faults = _Odd(table, len(lines.text)), []
    for line in which.tolist():
        text = lines.text[lines.starts[line] : lines.ends[line]].tobytes().rstrip(b"\r\n")
        if not text.strip():
            continue
        cells = _cells(text, chr(table.delimiter))
        if cells is None or len(cells) != table.width:
            found = "a quote that is not closed" if cells is None else f"{len(cells)} cells"
            what = f"{found}, where the header names {table.width} columns"
            faults.append(RowFault(first_line + line, "", what))
            continue
        odd.add(line, cells)
    return odd, faults


def _cells(text: bytes, delimiter: str) -> list[bytes] | None:
    """The cells of a line, each in the bytes that the file has; None where a quote is not closed."""
    if b'"' not in text:
        return text.split(delimiter.encode())
    try:
        # Latin-1 takes any byte for a character, and gives it back.
        cells = next(csv.reader([text.decode("latin-1")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None
    return [cell.encode("latin-1") for cell in cells]
