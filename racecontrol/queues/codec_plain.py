"""The plain body: time offsets, then each column as little-endian int32: docs/codec.md, "Plain"."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Final

import numpy as np

from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import Fixes, Flight
from racecontrol.errors import PayloadError
from racecontrol.queues.codec_header import (
    FIRST_MS_AT,
    HEADER_BYTES,
    Header,
    optional_columns,
    placed,
    present_of,
)

OFFSET_LIMIT_MS: Final = 2**31
"""A plain payload spans less than this, 24 days."""

_INT32: Final = np.dtype("<i4")
_INT64: Final = np.dtype("<i8")
"""Their names would be looked up for every column."""


def body_of(fixes: Fixes, first_ms: int) -> tuple[int, bytes] | None:
    """Which optional columns there are, and the body; None where the points span too long for it."""
    # Fixes are in order of time, so the last one tells whether all offsets fit.
    if len(fixes) and int(fixes.time_ms[-1]) - first_ms >= OFFSET_LIMIT_MS:
        return None
    offsets_ms = (fixes.time_ms - first_ms).astype(_INT32)
    present, optional = present_of(optional_columns(fixes))
    columns = [offsets_ms, fixes.lat_e7, fixes.lon_e7, *optional]
    return present, b"".join([column.astype(_INT32, copy=False).tobytes() for column in columns])


def body_of_few(few: FewFixes) -> tuple[int, bytes] | None:
    """`body_of`, of fixes as plain numbers."""
    first_ms = few.time_ms[0]
    if few.time_ms[-1] - first_ms >= OFFSET_LIMIT_MS:
        return None
    present, optional = present_of(few.optional)
    values = [time_ms - first_ms for time_ms in few.time_ms]
    for column in (few.lat_e7, few.lon_e7, *optional):
        values += column
    return present, struct.pack(f"<{len(values)}i", *values)


def fixes_of(header: Header, flight: Flight, payload: bytes, body_end: int) -> Fixes:
    """The fixes of a plain payload, as views of it.

    Raises: PayloadError where the body is not as long as the header says.
    """
    matrix = np.ndarray(shape_of(header, body_end), _INT32, payload, HEADER_BYTES)
    offsets_ms, lat_e7, lon_e7, *optional = matrix
    # Looked at where it stands: making a NumPy number of it and adding that takes half as long again.
    first_ms = np.ndarray((), _INT64, payload, FIRST_MS_AT)
    time_ms = np.add(offsets_ms, first_ms)
    return Fixes(flight, time_ms, lat_e7, lon_e7, *placed(header.columns, optional))


def shape_of(header: Header, body_end: int) -> tuple[int, int]:
    """Columns and points of a body. Raises: PayloadError where it is not as long as the header says."""
    rows = 3 + header.columns.bit_count()
    wanted = HEADER_BYTES + 4 * rows * header.points
    if body_end != wanted:
        raise PayloadError(f"torn: the body ends at byte {body_end}, not {wanted}")
    return rows, header.points


def fixes_of_alike(
    headers: Sequence[Header], flights: Sequence[Flight], payloads: Sequence[bytes], body_end: int
) -> Iterator[Fixes]:
    """`fixes_of` each, where all have the same columns and as many points; as views of one array.

    Whoever keeps one keeps all.
    """
    shape = shape_of(headers[0], body_end)
    bodies = b"".join([payload[HEADER_BYTES:body_end] for payload in payloads])
    table = np.frombuffer(bodies, _INT32).reshape(len(payloads), *shape)
    offsets_ms, lat_e7, lon_e7, *present = table.swapaxes(0, 1)
    first_ms = np.array([header.first_ms for header in headers], np.int64)
    time_ms = offsets_ms + first_ms[:, np.newaxis]
    optional = (repeat(None) if column is None else column for column in placed(headers[0].columns, present))
    return map(Fixes, flights, time_ms, lat_e7, lon_e7, *optional)
