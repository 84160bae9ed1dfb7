"""The footer: the keys that apply now, as many as the width has room for."""

from __future__ import annotations

from collections.abc import Sequence

from racecontrol.desk.keymap import Key, key_name
from racecontrol.desk.lines.cells import Line, Role, Span
from racecontrol.desk.lines.parts import Part, fit_parts


def footer_line(keys: Sequence[Key], width: int) -> Line:
    """Keys and what they do, most important first; help and the palette stay at the right."""
    parts = [
        Part((_hint(key),), rank=index + 1, is_right=key.id in ("desk.help", "desk.palette"))
        for index, key in enumerate(keys)
    ]
    pinned = [Part(part.forms, 0, True) if part.is_right else part for part in parts]
    return fit_parts(pinned, width, gap=2)


def _hint(key: Key) -> Line:
    return (Span(key_name(key.keys), Role.ACCENT, key.id), Span(f" {key.label}", Role.MUTED, key.id))
