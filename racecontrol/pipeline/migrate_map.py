"""Which columns of a foreign table are which of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from racecontrol.errors import ConfigError

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "flight": ("flight_id", "flight_uuid", "flight"),
    "time": ("datetime", "date_time", "time", "timestamp", "timestamp_ms"),
    "lat": ("lat", "latitude", "lat_deg"),
    "lon": ("lon", "lng", "longitude", "lon_deg"),
    "gnss_alt": ("elevation", "gps_alt", "gnss_alt_m"),
    "pressure_alt": ("barometric_altitude", "pressure_alt_m"),
    "speed": ("speed", "speed_cm_s"),
    "heading": ("heading", "heading_deg"),
    "race": ("race_id", "race"),
    "bib": ("bib",),
}
"""Our names, and the columns that are taken for them if nobody says otherwise; the first that is there."""

_REQUIRED: Final = ("time", "lat", "lon")


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Which column of the table is which of ours, and what holds for all rows."""

    columns: Mapping[str, str]
    flight_id: str = ""
    race_id: str = ""
    bib: str = ""


def map_columns(
    found: Sequence[str], given: Mapping[str, str], *, flight_id: str = "", race_id: str = "", bib: str = ""
) -> ColumnMap:
    """Find our columns among those of the table. given: our name to theirs, as the operator says.

    Raises: ConfigError for a name that is not ours, a column the table does not have, or one that is needed
    and not found.
    """
    for ours, theirs in given.items():
        if ours not in NAMES:
            raise ConfigError(f"map: no column is called {ours!r} here", advice=f"use {', '.join(NAMES)}")
        if theirs not in found:
            raise ConfigError(f"map: the table has no column {theirs!r}", advice=f"it has {', '.join(found)}")
    columns = dict(given)
    for ours, names in NAMES.items():
        for theirs in names:
            if theirs in found:
                columns.setdefault(ours, theirs)
    missing = [name for name in _REQUIRED if name not in columns]
    if "flight" not in columns and not flight_id:
        missing.append("flight")
    if missing:
        raise ConfigError(
            f"the table has no column for {', '.join(missing)}",
            advice=f"say which it is, as --map {missing[0]}=COLUMN; it has {', '.join(found)}",
        )
    return ColumnMap(columns, flight_id, race_id, bib)
