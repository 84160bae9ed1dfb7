"""pydantic's errors as one sentence that names the field."""

from __future__ import annotations

from pydantic import ValidationError

from racecontrol.domain.text import clean_text
from racecontrol.plain_words import in_plain_words


def first_fault(error: ValidationError) -> tuple[str, str]:
    """The first fault: its field as people write it (turnpoints[3].radius), and what is wrong with it."""
    first = error.errors()[0]
    field = ""
    for part in first["loc"]:
        field += f"[{part}]" if isinstance(part, int) else f".{part}"
    return clean_text(field.lstrip("."), 80), clean_text(in_plain_words(first), 120)
