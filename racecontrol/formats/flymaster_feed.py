"""Flymaster's live JSON, as its own server gives a tracker's fixes to a gateway that sends them on.

    {"5518": [{"d": 1615411121, "ai": "2850474", "oi": "-7319830", "h": "846", "b": "36", "v": "31", ...}]}

The key is the tracker's serial; d: unix s; ai, oi: latitude and longitude in thousandths of a minute;
h: m above sea level; b: heading; v: km/h. c and s, a second height and the ground's, are not read.
Source: recorded answers of lt.flymaster.net, whose numbers are mostly texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from racecontrol.domain.fixes import Fixes, Flight, in_order
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_time import EARLIEST_MS, LATEST_MS
from racecontrol.errors import FormatError
from racecontrol.formats.wire_points import Name, clean_id, decode_json

MARKS: Final = (b'"ai"', b'"oi"')
"""Stand near the beginning of every such body, and of no other."""

_MOST: Final = 10_000
_MINUTE_PARTS: Final = 60_000
"""Units of a degree."""

_NOBODY: Final = Flight("")


class FlymasterFix(Struct, gc=False):
    """One fix, under Flymaster's names."""

    d: Annotated[int, Meta(ge=EARLIEST_MS // 1000, lt=LATEST_MS // 1000)]
    ai: Annotated[int, Meta(ge=-90 * _MINUTE_PARTS, le=90 * _MINUTE_PARTS)]
    oi: Annotated[int, Meta(ge=-180 * _MINUTE_PARTS, le=180 * _MINUTE_PARTS)]
    h: float
    b: float
    v: float


@dataclass(frozen=True, slots=True)
class FlymasterFeed:
    """A decoded feed. dropped: fixes with the time of an earlier one."""

    serial: str
    fixes: Fixes
    dropped: int


_Rows = Annotated[list[FlymasterFix], Meta(min_length=1, max_length=_MOST)]
_BODY: Final = msgspec.json.Decoder(Annotated[dict[Name, _Rows], Meta(min_length=1)], strict=False)


def decode_flymaster_feed(body: bytes) -> FlymasterFeed:
    """The feed of one tracker.

    Raises: FormatError naming the field; FormatError for a feed of several trackers.
    """
    trackers = decode_json(_BODY, body)
    if len(trackers) != 1:
        raise FormatError(f"{len(trackers)} trackers in one feed", advice="send each tracker by itself")
    ((serial, rows),) = trackers.items()
    fixes = _fixes(rows)
    return FlymasterFeed(clean_id(serial), fixes, len(rows) - len(fixes))


def _fixes(rows: list[FlymasterFix]) -> Fixes:
    columns = columns_of_values(
        {
            "timestamp": [row.d for row in rows],
            "lat": [row.ai / _MINUTE_PARTS for row in rows],
            "lon": [row.oi / _MINUTE_PARTS for row in rows],
            "gps_alt": [row.h for row in rows],
            "heading": [row.b for row in rows],
            "speed": [row.v for row in rows],
        }
    )
    if columns is None:
        raise FormatError("the fixes are at odds with each other", advice="send the whole feed again")
    return in_order(columns.of_flight(_NOBODY))
