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
from racecontrol.domain.points_rows import values_of_rows

Point = Mapping[str, object]

_FAULTS: Final = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)
"""What msgspec says of a value that it cannot write."""

_encoder = msgspec.msgpack.Encoder()


def read_alike(lists: Sequence[Sequence[Point]]) -> Iterator[tuple[list[int], dict[str, Values]]]:
    """The values by key of lists whose points are written alike, all such lists together.

    Gives the lists' places, and the values of their points in that order. A place that never comes is
    that of a list which is empty or not written alike.
    """
    written = bytearray()
    by_size: dict[int, list[tuple[int, int]]] = {}
    for place, points in enumerate(lists):
        # The fields of some classes are written as a dict is.
        is_dict = bool(points) and type(points[0]) is dict
        if is_dict and (size := _write(points, written)):
            by_size.setdefault(size, []).append((place, len(written)))
    view = memoryview(written)
    for size, ends in by_size.items():
        spans = [view[end - size * len(lists[place]) : end] for place, end in ends]
        places = [place for place, _ in ends]
        values = values_of_rows(bytearray().join(spans), size, lists[places[0]][0])
        if values is not None:
            yield places, values


def structs_alike(structs: Sequence[msgspec.Struct]) -> dict[str, Values] | None:
    """The values by field of structs of one class; None where they are not written alike."""
    written = bytearray()
    size = _write(structs, written)
    if not size:
        return None
    return values_of_rows(written[-size * len(structs) :], size, structs[0].__struct_fields__)


def _write(points: Sequence[object], written: bytearray) -> int:
    """Put the points at the end of `written`, and give the bytes of each; 0 where they differ in that."""
    start = len(written)
    try:
        _encoder.encode_into(points, written, start)
    except _FAULTS:
        return 0
    size, rest = divmod(len(written) - start - _head_bytes(len(points)), len(points))
    return 0 if rest else size


def _head_bytes(count: int) -> int:
    """What MessagePack puts before the elements of a list."""
    return 1 if count < 16 else 3 if count < 65_536 else 5
