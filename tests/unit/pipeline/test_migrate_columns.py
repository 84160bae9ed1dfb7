"""Rows of a table become points, or faults that say what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pyarrow
import pyarrow.parquet

from racecontrol.formats.tables import Place
from racecontrol.formats.tables_parquet import parquet_blocks
from racecontrol.pipeline.migrate_columns import rows_of
from racecontrol.pipeline.migrate_map import map_columns


def test_moments_of_1970_are_refused(tmp_path: Path) -> None:
    """A column of timestamps says its unit: small ones are not taken for seconds."""
    path = tmp_path / "a.parquet"
    times = pyarrow.array([1_779_796_000, 1_779_796_001], pyarrow.timestamp("ms"))
    columns = {"flight_id": ["1", "1"], "datetime": times, "lat": [45.0, 45.0], "lon": [6.0, 6.0]}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    (block,) = parquet_blocks(path, Place(), list(columns))
    rows, faults = rows_of(block, map_columns(list(columns), {}))

    assert len(rows.points) == 0
    assert [(fault.line, fault.field) for fault in faults] == [(1, "datetime"), (2, "datetime")]
    assert "'1970-01-21T14:23:16.000Z' is not in the years 2000 to 2099" in faults[0].reason
