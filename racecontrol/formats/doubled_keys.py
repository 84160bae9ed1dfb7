"""Keys that stand twice in one JSON object: which of the two is meant nobody can say.

    {"flight_id": "R42/118", "track_points": [{"lat": 1, "lat": 2, …}, …], "sos": false}
     └ the head: each key once ─┘            └ the points: each key once a point ┘

A count tells that none can be doubled, far cheaper than reading the body a second time; where it does
not, since a key may be the text of some other field, the body is read a second time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from racecontrol.domain.few_fixes import FewFixes
from racecontrol.domain.fixes import MISSING, Fixes
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError

_QUOTE: Final = ord('"')
_FIXED_QUOTES: Final = 2 * 3 + 2
"""Of a point: the names of latitude, longitude and time, and the time's text."""


@dataclass(frozen=True, slots=True)
class KeysOf:
    """A kind of body. head: keys that stand at most once in all. each: keys of every point."""

    head: tuple[bytes, ...]
    each: tuple[bytes, ...]


def keys_of(head: Sequence[str], each: Sequence[str]) -> KeysOf:
    """The keys as they stand in a body."""
    quoted = [tuple(b'"%b"' % key.encode() for key in keys) for keys in (head, each)]
    return KeysOf(*quoted)


def refuse_doubled_keys(body: bytes, keys: KeysOf, points: int, track: Fixes | FewFixes) -> None:
    """Raise FormatError naming a key that stands twice in one object.

    points: what the body was found to hold; track: those of them that count.
    Cost: 10 µs for 100 KB; a second reading where a key stands too often.
    """
    if _has_no_quote_to_spare(body, keys, points, track) or not _may_be_doubled(body, keys, points):
        return
    try:
        json.loads(body, object_pairs_hook=_object_of)
    except RecursionError as exc:
        raise FormatError("nested too deeply", advice="send the documented fields only") from exc


def _has_no_quote_to_spare(body: bytes, keys: KeysOf, points: int, track: Fixes | FewFixes) -> bool:
    """Whether the points' quotes are just those of what was read, which leaves none for another key there."""
    if not isinstance(track, Fixes) or len(track) != points:
        return False
    there = sum(
        column is not None and int(column.min()) != MISSING
        for column in (track.gnss_alt_m, track.pressure_alt_m, track.speed_cm_s, track.heading_deg)
    )
    start, end = body.find(b"["), body.rfind(b"]")
    quotes = np.count_nonzero(np.frombuffer(body, np.uint8)[start:end] == _QUOTE)
    around = body[:start] + body[end:]
    return int(quotes) == points * (_FIXED_QUOTES + 2 * there) and all(
        around.count(key) <= 1 for key in keys.head
    )


def _may_be_doubled(body: bytes, keys: KeysOf, points: int) -> bool:
    # Loops, since a generator takes longer than these counts do.
    for key in keys.head:
        if body.count(key) > 1:
            return True
    for key in keys.each:  # noqa: SIM110
        if body.count(key) > points:
            return True
    return False


def _object_of(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise FormatError("the key stands twice in one object", field=clean_text(key, 40))
        seen.add(key)
