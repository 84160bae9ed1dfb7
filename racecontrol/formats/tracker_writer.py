"""Fixes as trackers send them: the bodies of the point routes, for load tests, replays and benches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from racecontrol.domain.clock import iso_utc
from racecontrol.domain.fixes import DEGREE_E7, MISSING, Fixes, Int32Column


def live_body(fixes: Fixes, device_id: str | None = None) -> bytes:
    """Live JSON. Positions have seven decimals, so they come back exactly."""
    device = "null" if device_id is None else _quoted(device_id)
    return f'{{"flight_id":{_quoted(fixes.flight.flight_id)},"device_id":{device},{_points(fixes)}}}'.encode()


def upload_body(fixes: Fixes) -> bytes:
    """Upload JSON: the same, with the pilot and the race."""
    flight = fixes.flight
    whose = f'"pilot_id":{_quoted(flight.bib)},"race_id":{_quoted(flight.race_id)}'
    return f'{{"flight_id":{_quoted(flight.flight_id)},{whose},{_points(fixes)}}}'.encode()


def flymaster_body(fixes: Fixes, serial: str, secret: str, uploaded_at_ms: int) -> bytes:
    """Flymaster text, signed. Its times are whole seconds; a height or speed that a fix lacks is 0."""
    digest = hashlib.sha256((serial + secret).encode()).hexdigest()
    columns = zip(
        fixes.time_ms.tolist(),
        fixes.lat_e7.tolist(),
        fixes.lon_e7.tolist(),
        _values(fixes.gnss_alt_m, len(fixes)),
        _values(fixes.speed_cm_s, len(fixes)),
        _values(fixes.heading_deg, len(fixes)),
        strict=True,
    )
    lines = [
        f"{uploaded_at_ms // 1000},{time_ms // 1000},{_degrees(lat)},{_degrees(lon)},"
        f"{alt or 0},{(speed or 0) * 0.036:g},{heading or 0}"
        for time_ms, lat, lon, alt, speed, heading in columns
    ]
    return "\n".join([f"{serial},{digest}", *lines, "EOF", ""]).encode()


def _points(fixes: Fixes) -> str:
    return f'"track_points":[{",".join(_point_texts(fixes))}]'


def _point_texts(fixes: Fixes) -> Iterator[str]:
    gnss, pressure = (_values(column, len(fixes)) for column in (fixes.gnss_alt_m, fixes.pressure_alt_m))
    columns = (fixes.time_ms.tolist(), fixes.lat_e7.tolist(), fixes.lon_e7.tolist(), gnss, pressure)
    for time_ms, lat, lon, gnss_m, pressure_m in zip(*columns, strict=True):
        heights = "" if gnss_m is None else f',"elevation":{gnss_m}'
        heights += "" if pressure_m is None else f',"barometric_altitude":{pressure_m}'
        yield (f'{{"lat":{_degrees(lat)},"lon":{_degrees(lon)},"datetime":"{iso_utc(time_ms)}"{heights}}}')


def _values(column: Int32Column | None, length: int) -> list[int | None]:
    if column is None:
        return [None] * length
    return [None if value == MISSING else value for value in column.tolist()]


def _degrees(value_e7: int) -> str:
    return f"{value_e7 / DEGREE_E7:.7f}"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
