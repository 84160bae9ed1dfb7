"""One set of points as the files that a migration reads, and as the method replaced read them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from racecontrol.bench.replaced import Item
from racecontrol.bench.workload import Point, as_points
from racecontrol.domain.fixes import Fixes
from racecontrol.store.sqlite import SqliteStore

COLUMNS: Final = ("flight_id", "datetime", "lat", "lon", "elevation", "barometric_altitude")

CSV: Final = "CSV"
PARQUET: Final = "Parquet"
STORE: Final = "a store"


@dataclass(frozen=True, slots=True)
class Sources:
    """Files of the same points. table_of_few: a share of them as CSV. by_kind: those that we read."""

    points: int
    table: Path
    table_of_few: Path
    by_kind: Mapping[str, Path]


def write_sources(folder: Path, flights: Sequence[Fixes], share: int) -> Sources:
    """Write them: rows in the order of time, as a live table has them. share: one in so many is the few.

    Parquet only where pyarrow is installed.
    """
    rows = sorted((point for fixes in flights for point in as_points(fixes)), key=lambda row: row["datetime"])
    table = _write_table(folder / "points.csv", rows)
    by_kind = {CSV: table}
    if find_spec("pyarrow"):
        by_kind[PARQUET] = _write_parquet(folder / "points.parquet", rows)
    by_kind[STORE] = folder / "points.db"
    with SqliteStore(by_kind[STORE]) as store:
        store.write(flights)
    return Sources(len(rows), table, _write_table(folder / "few.csv", rows[::share]), by_kind)


def items_of_table(path: Path, item_points: int) -> list[Item]:
    """The table as the method replaced took it: a dict a row, then items of so many points of one flight."""
    flights: dict[str, list[dict[str, Any]]] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            point = {
                "flight_id": row["flight_id"],
                "lat": float(row["lat"]),
                "lon": float(row["lon"]),
                "datetime": row["datetime"],
                "elevation": float(row["elevation"]),
                "barometric_altitude": float(row["barometric_altitude"]),
            }
            flights.setdefault(row["flight_id"], []).append(point)
    return [
        ({"flight_id": flight_id, "points": points[at : at + item_points]}, 1.0)
        for flight_id, points in flights.items()
        for at in range(0, len(points), item_points)
    ]


def _write_table(path: Path, rows: Sequence[Point]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _write_parquet(path: Path, rows: Sequence[Point]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist(list(rows))
    times = table["datetime"].cast(pa.timestamp("ms", "UTC"))
    pq.write_table(table.set_column(table.schema.get_field_index("datetime"), "datetime", times), path)
    return path
