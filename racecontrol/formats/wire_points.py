"""Points of a JSON body, once msgspec has typed them, to `Fixes`; and msgspec's errors as ours.

A body is refused whole where one of its points is impossible, naming the point and the field: a
tracker that sends such a point is broken, and its owner must hear of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, NoReturn, TypeVar

import msgspec
from msgspec import Meta, Struct

from racecontrol.domain.few_fixes import FEW_FIXES, FewFixes, few_fixes
from racecontrol.domain.fixes import Fixes, Flight, in_order, make_fixes
from racecontrol.domain.points_columns import columns_of_values
from racecontrol.domain.points_fields import Columns
from racecontrol.domain.points_one import read_points
from racecontrol.domain.points_typed import typed_columns
from racecontrol.domain.text import clean_text
from racecontrol.errors import FormatError

MOST_NAME: Final = 100
"""Characters of a flight's, device's or pilot's id."""

Lat = Annotated[float, Meta(ge=-90, le=90, description="degrees WGS84")]
Lon = Annotated[float, Meta(ge=-180, le=180, description="degrees WGS84")]
Name = Annotated[str, Meta(min_length=1, max_length=MOST_NAME)]
IsoTime = Annotated[str, Meta(description="ISO 8601; UTC where no zone is given; 2000 to 2099")]

NOBODY: Final = Flight("")
"""Of fixes whose sender is not known yet."""

_NONE: Final = make_fixes(NOBODY, (), (), ())
_PLACE = re.compile(r"^(.*?)(?: - at `\$\.?([^`]*)`)?$", re.DOTALL)

S = TypeVar("S", bound=Struct)


def fixes_of(points: Sequence[Struct]) -> Fixes:
    """The points in order of time, of no flight yet; `len(points)` less its own were dropped.

    points: all of one type, whose fields `Field` names; of those with one time the first stands.
    Raises: BadItem naming the point (from 0) and the field.
    """
    return _fixes_of(points) if len(points) > FEW_FIXES else few_or_fixes_of(points).of_flight(NOBODY)


def few_or_fixes_of(points: Sequence[Struct]) -> Fixes | FewFixes:
    """The same; a few as plain numbers where they are in order and well-formed. Raises: BadItem."""
    few = few_fixes(points) if 0 < len(points) <= FEW_FIXES else None
    return few or _fixes_of(points)


def _fixes_of(points: Sequence[Struct]) -> Fixes:
    if not points:
        return _NONE
    columns = typed_columns(points) or _columns_of(points) if len(points) > FEW_FIXES else None
    columns = columns or read_points([_given(point) for point in points])
    return in_order(columns.of_flight(NOBODY))


def _columns_of(points: Sequence[Struct]) -> Columns | None:
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


def clean_id(raw: str) -> str:
    """An id from outside, as it is stored and shown. Raises: FormatError where nothing is left of it."""
    if raw.isascii() and raw.isprintable() and raw == raw.strip():
        return raw
    cleaned = clean_text(raw, MOST_NAME)
    if not cleaned:
        raise FormatError("an id without a character that can be shown")
    return cleaned


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
