"""Parquet in blocks: a cell asked for by itself is what its column says of it."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from racecontrol.formats.tables import Place
from racecontrol.formats.tables_parquet import parquet_blocks


def cells_in(folder: Path, column: pyarrow.Array) -> list[object]:
    """Every cell of a column that went through a file."""
    path = folder / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"a": column}), path)
    (block,) = parquet_blocks(path, Place(), ["a"])
    return [block.columns["a"].at(row) for row in range(len(column))]


@pytest.mark.parametrize(("unit", "zone"), [("s", None), ("ms", "UTC"), ("us", "Europe/Paris"), ("ns", None)])
def test_a_moment_is_told_as_a_text(tmp_path: Path, unit: str, zone: str | None) -> None:
    """With its date, so that no reader takes its number for one of another unit; UTC, whatever the zone."""
    moments = pyarrow.array([1_779_796_000, None, 1_779_796], pyarrow.timestamp("s")).cast(
        pyarrow.timestamp(unit, zone)
    )

    assert cells_in(tmp_path, moments) == ["2026-05-26T11:46:40.000Z", None, "1970-01-21T14:23:16.000Z"]


def test_a_moment_finer_than_a_millisecond_is_cut_off(tmp_path: Path) -> None:
    """As those of ISO 8601 text are."""
    moments = pyarrow.array([1_779_796_000_123_456_789], pyarrow.timestamp("ns"))

    assert cells_in(tmp_path, moments) == ["2026-05-26T11:46:40.123Z"]
