"""Staged rows come out flight by flight, by time, each time once, and survive the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from racecontrol.domain.fixes import Fixes, Flight, concatenate
from racecontrol.errors import FormatError
from racecontrol.pipeline import migrate_staged
from racecontrol.pipeline.migrate_columns import Rows
from racecontrol.pipeline.migrate_staged import StagedTable
from tests.builders import GUN_MS, make_fixes, make_flight


@pytest.fixture
def table(tmp_path: Path) -> Iterator[StagedTable]:
    with closing(StagedTable(tmp_path / "a.rows")) as opened:
        yield opened


def rows_of(*flights: Fixes) -> Rows:
    """Rows of several flights, a row of each in turn."""
    which = np.concatenate([np.full(len(fixes), place) for place, fixes in enumerate(flights)])
    places = np.concatenate([np.arange(len(fixes)) for fixes in flights])
    order = np.lexsort((which, places))
    points = concatenate([fixes.of_flight(Flight("all")) for fixes in flights])
    return Rows([fixes.flight for fixes in flights], which[order], points.select(order))


def flight_in(table: StagedTable, flight_id: str) -> Fixes:
    return concatenate(list(table.pieces(flight_id)))


def test_flights_are_told_apart(table: StagedTable) -> None:
    """Rows of several flights, in turn, in several blocks."""
    one, other = (
        make_fixes(range(GUN_MS, GUN_MS + 90_000, 1000)),
        make_fixes(flight=make_flight("2"), alt_m=None),
    )
    for at in range(0, 90, 30):
        table.add(rows_of(one.select(slice(at, at + 30)), other.select(slice(at // 30, at // 30 + 1))))

    assert table.flights() == [("R42/118", 90), ("R42/2", 3)]
    assert [one, other] == [flight_in(table, "R42/118"), flight_in(table, "R42/2")]


def test_of_one_time_the_first_row_stands(table: StagedTable) -> None:
    """In one block and in another, in any order of times."""
    table.add(rows_of(make_fixes([GUN_MS + 1000, GUN_MS, GUN_MS], lat_e7=1)))
    table.add(rows_of(make_fixes([GUN_MS, GUN_MS - 1000], lat_e7=100)))
    staged = flight_in(table, "R42/118")

    assert staged.time_ms.tolist() == [GUN_MS - 1000, GUN_MS, GUN_MS + 1000]
    assert staged.lat_e7.tolist() == [110, 11, 1]


def test_a_long_flight_comes_in_stretches(table: StagedTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flight of more rows than are read at once is whole, by time, whatever the order of its rows."""
    monkeypatch.setattr(migrate_staged, "WHOLE_POINTS", 100)
    fixes = make_fixes(range(GUN_MS, GUN_MS + 1_000_000, 1000))
    mixed = np.random.default_rng(1).permutation(len(fixes))
    for part in np.split(mixed, 8):
        table.add(rows_of(fixes.select(part)))
    pieces = list(table.pieces("R42/118"))

    assert [len(piece) for piece in pieces] == [100] * 10
    assert fixes == concatenate(pieces)


def test_a_retransmit_loop_leaves_the_first(table: StagedTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many times more rows than times take no more memory than the times do."""
    monkeypatch.setattr(migrate_staged, "WHOLE_POINTS", 100)
    for lat_e7 in range(50):
        table.add(rows_of(make_fixes(range(GUN_MS, GUN_MS + 30_000, 1000), lat_e7=lat_e7)))

    assert flight_in(table, "R42/118") == make_fixes(range(GUN_MS, GUN_MS + 30_000, 1000), lat_e7=0)


def test_no_stretch_is_empty(table: StagedTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where more rows than are read at once have the flight's first time."""
    monkeypatch.setattr(migrate_staged, "WHOLE_POINTS", 100)
    table.add(rows_of(make_fixes([GUN_MS] * 150 + [GUN_MS + 1000] * 150, lat_e7=0)))
    pieces = list(table.pieces("R42/118"))

    assert [piece.time_ms.tolist() for piece in pieces] == [[GUN_MS], [GUN_MS + 1000]]


def test_what_was_told_of_a_flight_first_stands(table: StagedTable) -> None:
    """Blank names are filled in by later rows, others are not changed."""
    for flight in (Flight("1"), Flight("1", "R42"), Flight("1", "R43", "7")):
        table.add(rows_of(make_fixes(flight=flight)))

    assert Flight("1", "R42", "7") == flight_in(table, "1").flight


def test_a_checkpoint_is_gone_on_from(tmp_path: Path) -> None:
    """What was written after it, whole or torn, is not there."""
    path = tmp_path / "a.rows"
    with closing(StagedTable(path)) as table:
        table.add(rows_of(make_fixes()))
        size = table.size
        table.add(rows_of(make_fixes([GUN_MS + 1000])))
    with closing(StagedTable(path, size)) as table:
        table.add(rows_of(make_fixes([GUN_MS + 5000], flight=make_flight("2"))))

        assert table.flights() == [("R42/118", 3), ("R42/2", 1)]
        assert make_fixes() == flight_in(table, "R42/118")


@pytest.mark.parametrize("content", [b"", b"rcS1\xff\xff\x00\x00", b"????\x00\x00\x00\x00", bytes(100)])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """A file that is not what the checkpoint says is told, not taken for an empty one."""
    path = tmp_path / "a.rows"
    path.write_bytes(content)

    with pytest.raises(FormatError, match="damaged"):
        StagedTable(path, 100)
