"""The plain body: time offsets, then each column as little-endian int32: docs/codec.md, "Plain"."""

from __future__ import annotations

import numpy as np

from racecontrol.domain.fixes import COLUMNS, Fixes, Flight, Int32Column, Int64Column
from racecontrol.errors import PayloadError
from racecontrol.queues.codec_header import HEADER_BYTES, PLAIN, Header

_OFFSET_LIMIT_MS = 2**31
_NARROW, _WIDE = 4, 8


def body_of(fixes: Fixes) -> tuple[Header, bytes]:
    """Header and body of a plain payload."""
    first_ms = int(fixes.time_ms[0]) if len(fixes) else 0
    parts = [
        b"",
        fixes.lat_e7.astype("<i4", copy=False).tobytes(),
        fixes.lon_e7.astype("<i4", copy=False).tobytes(),
    ]
    present = 0
    for bit, column in enumerate(
        (fixes.gnss_alt_m, fixes.pressure_alt_m, fixes.speed_cm_s, fixes.heading_deg)
    ):
        if column is not None:
            present |= 1 << bit
            parts.append(column.astype("<i4", copy=False).tobytes())
    width, parts[0] = _times(fixes.time_ms, first_ms)
    return Header(PLAIN, present, width, len(fixes), 1, first_ms), b"".join(parts)


def _times(time_ms: Int64Column, first_ms: int) -> tuple[int, bytes]:
    """Offsets from the first time where they fit 4 bytes, else the times themselves."""
    if len(time_ms) == 0:
        return _NARROW, b""
    low_ms, high_ms = int(time_ms.min()), int(time_ms.max())
    if first_ms - low_ms > _OFFSET_LIMIT_MS or high_ms - first_ms >= _OFFSET_LIMIT_MS:
        return _WIDE, time_ms.astype("<i8", copy=False).tobytes()
    return _NARROW, (time_ms - first_ms).astype("<i4").tobytes()


def fixes_of(header: Header, flight: Flight, payload: bytes, body_end: int) -> Fixes:
    """The fixes of a plain payload, as views of it.

    Raises: PayloadError where the body is not as long as the header says.
    """
    points = header.points
    columns = 2 + header.columns.bit_count()
    if header.time_width not in (_NARROW, _WIDE):
        raise PayloadError(f"times of {header.time_width} bytes")
    wanted = HEADER_BYTES + points * (header.time_width + 4 * columns)
    if body_end != wanted:
        raise PayloadError(f"torn: the body ends at byte {body_end}, not {wanted}")
    at = HEADER_BYTES + points * header.time_width
    time_ms: Int64Column
    if header.time_width == _NARROW:
        time_ms = np.frombuffer(payload, "<i4", points, HEADER_BYTES) + np.int64(header.first_ms)
    else:
        time_ms = np.frombuffer(payload, "<i8", points, HEADER_BYTES)
    matrix = np.frombuffer(payload, "<i4", points * columns, at).reshape(columns, points)
    present = iter(matrix)
    lat_e7, lon_e7 = next(present), next(present)
    optional: list[Int32Column | None] = [
        next(present) if header.columns >> bit & 1 else None for bit in range(len(COLUMNS) - 3)
    ]
    return Fixes(flight, time_ms, lat_e7, lon_e7, *optional)
