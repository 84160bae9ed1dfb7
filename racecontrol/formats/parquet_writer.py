"""Fixes to Parquet, for data tools. Needs pyarrow, which the extra `parquet` brings."""

from __future__ import annotations

import io

import numpy as np

from racecontrol.domain.fixes import DEGREE_E7, MISSING, OPTIONAL_COLUMNS, Fixes
from racecontrol.errors import ConfigError


def write_parquet(fixes: Fixes, pilot_name: str) -> bytes:
    """One row a fix: time (timestamp[ms, UTC]), lat, lon (float64 degrees), and the columns the flight has.

    A value that a fix lacks is null. flight_id, race_id, bib, source and pilot stand in the file's metadata.
    Raises: ConfigError where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as exc:
        raise ConfigError(
            "Parquet needs pyarrow, which is not installed",
            advice="pip install 'racecontrol[parquet]', or export as csv",
        ) from exc
    columns = {
        "time": pa.array(fixes.time_ms, pa.timestamp("ms", "UTC")),
        "lat": pa.array(fixes.lat_e7 / DEGREE_E7, pa.float64()),
        "lon": pa.array(fixes.lon_e7 / DEGREE_E7, pa.float64()),
    }
    for name in OPTIONAL_COLUMNS:
        column = getattr(fixes, name)
        if column is not None:
            columns[name] = pa.array(column, pa.int32(), mask=np.equal(column, MISSING))
    flight = fixes.flight
    whose = {
        "flight_id": flight.flight_id,
        "race_id": flight.race_id,
        "bib": flight.bib,
        "source": flight.source,
        "pilot": pilot_name,
    }
    table = pa.table(columns).replace_schema_metadata(whose)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
