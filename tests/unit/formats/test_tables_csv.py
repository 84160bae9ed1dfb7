"""CSV in blocks: every row once, at its line, however it is written and wherever a block ends."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from racecontrol.errors import FormatError
from racecontrol.formats import tables_csv
from racecontrol.formats.tables import Place, RowFault
from racecontrol.formats.tables_csv import csv_blocks, csv_header

HEADER = b"flight,time,lat\n"


START = Place()


def rows_in(path: Path, since: Place = START) -> tuple[list[tuple[int, list[object]]], list[RowFault]]:
    """Every row with its line, and what is refused."""
    names, _ = csv_header(path)
    rows: list[tuple[int, list[object]]] = []
    faults: list[RowFault] = []
    for block in csv_blocks(path, since, names):
        faults += block.faults
        for row, line in enumerate(block.lines):
            rows.append((int(line), [block.columns[name].at(row) for name in names]))
    return rows, faults


def table_of(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(HEADER + b"a,b,c\nd,e,f\n", [(2, "abc"), (3, "def")], id="plain"),
        pytest.param(HEADER + b"a,b,c\nd,e,f", [(2, "abc"), (3, "def")], id="no line end at the end"),
        pytest.param(b"flight,time,lat\r\na,b,c\r\nd,e,f\r\n", [(2, "abc"), (3, "def")], id="CRLF"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + b"a,b,c\n", [(2, "abc")], id="BOM"),
        pytest.param(HEADER + b"\na,b,c\n \nd,e,f\n\n", [(3, "abc"), (5, "def")], id="blank lines"),
        pytest.param(HEADER + b'"a","b","c"\n"d",e,f\n', [(2, "abc"), (3, "def")], id="quotes"),
        pytest.param(b"flight;time;lat\na;b;c\n", [(2, "abc")], id="semicolons"),
        pytest.param(b"flight\ttime\tlat\r\n\ta\t\r\n", [(2, ["", "a", ""])], id="tabs"),
        pytest.param(
            HEADER + b'"a,""x""",b,c\nd,e,f\n', [(2, ['a,"x"', "b", "c"]), (3, "def")], id="in quotes"
        ),
        pytest.param(
            HEADER + b"J\xf6rg,b,c\nJ\xc3\xb6rg,e,f\n",
            [(2, ["Jörg", "b", "c"]), (3, ["Jörg", "e", "f"])],
            id="Windows-1252",
        ),
        pytest.param(
            HEADER + b'J\xc3\xb6rg,\xe9,c\nJ\xc3\xb6rg,\xe9,"c,"\nJ\xf6rg,"\xc3\xa9""",c\n',
            [(2, ["Jörg", "é", "c"]), (3, ["Jörg", "é", "c,"]), (4, ["Jörg", 'é"', "c"])],
            id="both in one line",
        ),
        pytest.param(HEADER + b',,\n"",,""\n', [(2, ["", "", ""]), (3, ["", "", ""])], id="empty cells"),
    ],
)
def test_rows_are_found_as_written(tmp_path: Path, content: bytes, expected: list[tuple[int, str]]) -> None:
    """Line ends, quotes, delimiters and encodings of all sorts."""
    rows, faults = rows_in(table_of(tmp_path, content))

    assert [(line, list(cells)) for line, cells in expected] == rows
    assert faults == []


def test_bad_lines_between_good_ones_are_named(tmp_path: Path) -> None:
    """The rows around them keep their order and their lines."""
    content = HEADER + b'a,b,c\nd,e\n"g,h,i\n"j,k",l,m\nn,o,p,q\nv,w,x\n'
    rows, faults = rows_in(table_of(tmp_path, content))

    assert rows == [(2, ["a", "b", "c"]), (5, ["j,k", "l", "m"]), (7, ["v", "w", "x"])]
    assert [fault.line for fault in faults] == [3, 4, 6]


ROWS = st.lists(st.lists(st.text('ab,"ö ', max_size=5), min_size=3, max_size=3), max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS, st.integers(1, 60), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_block_size_gives_the_same_rows(
    tmp_path: Path, rows: list[list[str]], block_bytes: int, line_end: str, quotes_all: bool
) -> None:
    """Wherever blocks end, rows are those that a writer of CSV wrote, and a read may begin at any of them."""
    text = io.StringIO()
    csv.writer(text, lineterminator=line_end, quoting=1 if quotes_all else 0).writerows(
        [["flight", "time", "lat"], *rows]
    )
    path = table_of(tmp_path, text.getvalue().encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables_csv, "BLOCK_BYTES", block_bytes)
        found, faults = rows_in(path)
        ends = [block.end for block in csv_blocks(path, START, ["flight"])]
        again = [rows_in(path, since)[0] for since in ends]

    assert (rows, []) == ([cells for _, cells in found], faults)
    assert [[row for row in found if row[0] >= since.line] for since in ends] == again


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    """A file of one endless line is not taken into memory."""
    path = table_of(tmp_path, HEADER + b"1" * 3_000_000)

    with pytest.raises(FormatError, match="a line of more than 1 MB"):
        rows_in(path)
