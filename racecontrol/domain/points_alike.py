"""Points that are written alike: the same keys, numbers of one width, texts of one length.

msgspec writes points as MessagePack in half the time of looking their values up. Where each takes as
many bytes as the first, a value stands at the same place in all of them, and is read as a column:

    85 a3 lat cb 40 46 f0 .. a3 lon cb 40 18 cc .. a8 datetime b4 2026-05-26T11:40:00Z ..
    85 a3 lat cb 40 46 f1 .. a3 lon cb 40 18 cd .. a8 datetime b4 2026-05-26T11:40:01Z ..

Points that are not written alike are left to `points_columns`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from racecontrol.domain.points_fields import Values
from racecontrol.domain.points_rows import Rows, values_of_rows

Point = Mapping[str, object]

_FAULTS: Final = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)
"""What msgspec says of a value that it cannot write."""

_encoder = msgspec.msgpack.Encoder()


def read_alike(
    lists: Sequence[Sequence[Point]], scratch: bytearray | None = None
) -> Iterator[tuple[list[int], dict[str, Values]]]:
    """The values by key of lists whose points are written alike, all such lists together.

    Gives the lists' places, and the values of their points in that order. A place that never comes is
    that of a list which is empty or not written alike. scratch: written over; a caller with many
    blocks of lists spares fresh pages with it, a quarter of the writing.
    """
    # The fields of some classes are written as a dict is.
    places = [place for place, points in enumerate(lists) if points and type(points[0]) is dict]
    if not places:
        return
    dicts = [lists[place] for place in places]
    values = _all_alike(dicts, bytearray() if scratch is None else scratch)
    if values is not None:
        yield places, values
        return
    for at, values in _alike_by_size(dicts):
        yield [places[one] for one in at], values


def _all_alike(lists: Sequence[Sequence[Point]], written: bytearray) -> dict[str, Values] | None:
    """The values of lists of one length, written in one go; None where not all points are alike."""
    length = len(lists[0])
    if any(len(points) != length for points in lists):
        return None
    size = _write(lists, written)
    if not size:
        return None
    rows = Rows(written, size, length, len(lists), _head_bytes(length), _head_bytes(len(lists)))
    return values_of_rows(rows, lists[0][0])


def _alike_by_size(
    lists: Sequence[Sequence[Point]],
) -> Iterator[tuple[list[int], dict[str, Values]]]:
    """The values of the lists, those with points of one size together."""
    by_size: dict[int, tuple[list[int], bytearray]] = {}
    written = bytearray()
    for place, points in enumerate(lists):
        if size := _write([points], written):
            places, joined = by_size.setdefault(size, ([], bytearray()))
            places.append(place)
            joined += memoryview(written)[_head_bytes(1) + _head_bytes(len(points)) :]
    for size, (places, joined) in by_size.items():
        values = values_of_rows(Rows(joined, size, len(joined) // size), lists[places[0]][0])
        if values is not None:
            yield places, values


def _write(lists: Sequence[Sequence[object]], written: bytearray) -> int:
    """Write lists of points one after the other; the bytes of each point, 0 where they differ."""
    try:
        _encoder.encode_into(lists, written)
    except _FAULTS:
        return 0
    heads = _head_bytes(len(lists)) + sum(_head_bytes(len(points)) for points in lists)
    size, rest = divmod(len(written) - heads, sum(map(len, lists)))
    return 0 if rest else size


def _head_bytes(count: int) -> int:
    """What MessagePack puts before the elements of a list."""
    return 1 if count < 16 else 3 if count < 65_536 else 5
