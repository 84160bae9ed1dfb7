"""pydantic's errors as one sentence that names the field."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import ValidationError

from racecontrol.domain.text import clean_text
from racecontrol.plain_words import in_plain_words


class Fault(NamedTuple):
    """What is wrong with one field. path: keys and indices that lead to it; field: as people write it.

    is_missing: it is not there.
    """

    path: tuple[str | int, ...]
    field: str
    what: str
    is_missing: bool


def first_fault(error: ValidationError) -> Fault:
    """The first fault of a document; its field like turnpoints[3].radius."""
    first = error.errors()[0]
    field = ""
    for part in first["loc"]:
        field += f"[{part}]" if isinstance(part, int) else f".{part}"
    what = clean_text(in_plain_words(first), 120)
    return Fault(first["loc"], clean_text(field.lstrip("."), 80), what, first["type"] == "missing")
