"""Points of a JSON body, once msgspec has typed them, to `Fixes`; and msgspec's errors as ours.

A body is refused whole where one of its points is impossible, naming the point and the field: a
tracker that sends such a point is broken, and its owner must hear of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, NoReturn, TypeVar

import msgspec
from msgspec import Meta, Struct

from racecontrol.domain.fixes import Fixes, Flight, in_order, make_fixes
from racecontrol.domain.points_alike import structs_alike
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_fields import Columns
from racecontrol.domain.points_one import FEW_POINTS, read_points
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError

MOST_NAME: Final = 100
"""Characters of a flight's, device's or pilot's id."""

Lat = Annotated[float, Meta(ge=-90, le=90, description="degrees WGS84")]
Lon = Annotated[float, Meta(ge=-180, le=180, description="degrees WGS84")]
Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME)]
IsoTime = Annotated[str, Meta(description="ISO 8601; UTC where no zone is given; 2000 to 2099")]

_NOBODY: Final = Flight("")
_NONE: Final = make_fixes(_NOBODY, (), (), ())
_PLACE = re.compile(r"^(.*?)(?: - at `\$\.?([^`]*)`)?$", re.DOTALL)

S = TypeVar("S", bound=Struct)


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one body. dropped: those with the time of an earlier one in the body."""

    fixes: Fixes
    dropped: int


def points_of(points: Sequence[Struct]) -> Points:
    """The points in order of time, of no flight yet. All have one type, whose fields `Field` names.

    Raises: BadItem naming the point (from 0) and the field.
    """
    if not points:
        return Points(_NONE, 0)
    columns = _columns_of(points) if len(points) > FEW_POINTS else None
    columns = columns or read_points([_given(point) for point in points])
    fixes = in_order(columns.of_flight(_NOBODY))
    return Points(fixes, len(points) - len(fixes))


def _columns_of(points: Sequence[Struct]) -> Columns | None:
    alike = structs_alike(points)
    columns = columns_of_values(alike) if alike else None
    if columns is not None:
        return columns
    values = zip(*map(msgspec.structs.astuple, points), strict=True)
    by_key = zip(points[0].__struct_fields__, values, strict=True)
    return columns_of_values({name: column for name, column in by_key if column.count(None) < len(points)})


def decode_json(decoder: msgspec.json.Decoder[S], body: bytes | msgspec.Raw) -> S:
    """The typed body. Raises: FormatError naming the field and what is wrong with it."""
    try:
        return decoder.decode(body)
    except RecursionError as exc:
        raise _too_deep() from exc
    except (msgspec.MsgspecError, ValueError) as exc:
        # Invalid UTF-8 comes past msgspec's own errors.
        raise _fault(str(exc)) from exc


def refuse_doubled_keys(body: bytes, once: Sequence[str], each_point: Sequence[str], points: int) -> None:
    """Look for a key that stands twice in one object: which of the two is meant nobody can say.

    once, each_point: keys that the body, and each point, has at most once.
    Raises: FormatError naming the key. Cost: a scan of the body a key; a second reading where one
    stands too often, which may be the text of some other field.
    """
    # What is not inside the points stands before the first bracket and after the last.
    around = body[: body.find(b"[")] + body[body.rfind(b"]") :]
    if all(around.count(b'"%b"' % key.encode()) <= 1 for key in once) and all(
        body.count(b'"%b"' % key.encode()) <= points for key in each_point
    ):
        return
    try:
        json.loads(body, object_pairs_hook=_object_of)
    except RecursionError as exc:
        raise _too_deep() from exc


def clean_id(raw: str) -> str:
    """An id from outside, as it is stored and shown. Raises: FormatError where nothing is left of it."""
    if raw.isascii() and raw.isprintable() and raw == raw.strip():
        return raw
    cleaned = clean_text(raw, MOST_NAME)
    if not cleaned:
        raise FormatError("an id without a character that can be shown")
    return cleaned


def _object_of(pairs: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise FormatError("the key stands twice in one object", field=clean_text(key, 40))
        seen.add(key)


def _too_deep() -> FormatError:
    return FormatError("nested too deeply", advice="send the documented fields only")


def _given(point: Struct) -> dict[str, object]:
    return {name: value for name, value in msgspec.structs.asdict(point).items() if value is not None}


def _fault(told: str) -> FormatError:
    match = _PLACE.match(told)
    what, field = (match[1], match[2]) if match else (told, None)
    return FormatError(clean_text(what.replace("`", ""), 160), field=clean_text(field or "", 80) or None)


def refuse(what: str, field: str) -> NoReturn:
    """Raise the FormatError of a field."""
    raise FormatError(what, field=field)
