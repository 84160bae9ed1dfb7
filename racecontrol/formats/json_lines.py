"""Where a value stands in a JSON text: json tells it of what it cannot read only."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

_DECODER: Final = json.JSONDecoder()
_BLANKS: Final = re.compile(r"[ \t\r\n]*")


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line, from 1, of the value that keys and indices lead to, or of the last on the way that is there.

    text: JSON that can be read.
    """
    at = _after_blanks(text, 0)
    for part in path:
        inner = _place_of(text, at, part)
        if inner is None:
            break
        at = inner
    return text.count("\n", 0, at) + 1


def _place_of(text: str, at: int, wanted: str | int) -> int | None:
    """Where the value of this key or index begins, in the object or list that begins at `at`."""
    is_object = text[at] == "{"
    if not is_object and text[at] != "[":
        return None
    at, index = _after_blanks(text, at + 1), 0
    while text[at] not in "}]":
        name: str | int = index
        if is_object:
            name, at = _DECODER.raw_decode(text, at)
            at = _after_blanks(text, _after_blanks(text, at) + 1)
        if name == wanted:
            return at
        _, at = _DECODER.raw_decode(text, at)
        at = _after_blanks(text, at)
        if text[at] == ",":
            at = _after_blanks(text, at + 1)
        index += 1
    return None


def _after_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
