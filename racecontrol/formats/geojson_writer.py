"""Fixes to GeoJSON (RFC 7946): one feature a flight, with the times beside the line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import numpy as np

from racecontrol.domain.fixes import DEGREE_E7, MISSING, OPTIONAL_COLUMNS, Fixes, Int32Column

_BESIDE: Final = OPTIONAL_COLUMNS[1:]
"""Columns that a coordinate has no place for; the GNSS height is the coordinate's third number."""


def write_geojson(fixes: Fixes, pilot_name: str) -> bytes:
    """A FeatureCollection with one feature, UTF-8.

    The geometry is a LineString of [lon, lat, GNSS height], the height left out where a fix has none; a
    Point for one fix, null for none. The properties hold flight_id, bib, pilot, `coordTimes` (ISO 8601
    UTC, one a coordinate) and, as far as the flight has them, pressure_alt_m, speed_cm_s and heading_deg
    as lists with null where a fix lacks the value.
    """
    properties: dict[str, object] = {
        "flight_id": fixes.flight.flight_id,
        "bib": fixes.flight.bib,
        "pilot": pilot_name,
        "coordTimes": np.datetime_as_string(fixes.time_ms.astype("datetime64[ms]"), timezone="UTC").tolist(),
    }
    for name in _BESIDE:
        column = getattr(fixes, name)
        if column is not None:
            properties[name] = _known(column)
    feature = {"type": "Feature", "geometry": _geometry(fixes), "properties": properties}
    document = {"type": "FeatureCollection", "features": [feature]}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _geometry(fixes: Fixes) -> dict[str, object] | None:
    lon, lat = (fixes.lon_e7 / DEGREE_E7).tolist(), (fixes.lat_e7 / DEGREE_E7).tolist()
    if fixes.gnss_alt_m is None:
        coordinates = [list(place) for place in zip(lon, lat, strict=True)]
    else:
        coordinates = [
            [x, y] if alt is None else [x, y, alt]
            for x, y, alt in zip(lon, lat, _known(fixes.gnss_alt_m), strict=True)
        ]
    if len(coordinates) < 2:
        return {"type": "Point", "coordinates": coordinates[0]} if coordinates else None
    return {"type": "LineString", "coordinates": coordinates}


def _known(column: Int32Column) -> Sequence[int | None]:
    return [None if value == MISSING else value for value in column.tolist()]
