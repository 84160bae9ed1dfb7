"""Text in terminal cells: roles instead of colours, and text of an exact width whatever is in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from racecontrol.domain.text import cell_width

ELLIPSIS = "…"


class Role(StrEnum):
    """What a piece of text is for; a theme gives each role its style."""

    TEXT = "text"
    STRONG = "strong"
    MUTED = "muted"
    HEAD = "head"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    ACCENT = "accent"
    GRAPH = "graph"
    HOT = "hot"
    EMPTY = "empty"
    CURSOR = "cursor"
    BADGE = "badge"
    ALARM = "alarm"


class Span(NamedTuple):
    """A piece of a line. key: the id of the key that a click on it presses, or ""."""

    text: str
    role: Role = Role.TEXT
    key: str = ""


Line = tuple[Span, ...]

BLANK: Line = ()


@lru_cache(maxsize=4096)
def steady(text: str) -> str:
    """Text whose width every terminal agrees on, without control characters.

    Emoji sequences are drawn 1, 2 or 4 cells wide, depending on the terminal: variation selectors
    and skin tones go, flags become their letters. What is left takes the same cells everywhere.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_steady_char(char) for char in text)


def _steady_char(char: str) -> str:
    point = ord(char)
    if 0x1F1E6 <= point <= 0x1F1FF:
        return chr(point - 0x1F1E6 + ord("A"))
    is_modifier = 0x1F3FB <= point <= 0x1F3FF
    is_selector = 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF
    if is_modifier or is_selector:
        return ""
    return char if char.isprintable() else " " * char.isspace()


@lru_cache(maxsize=4096)
def as_ascii(text: str) -> str:
    """Text of the same width in ASCII: letters without their accents, "?" for every other cell."""
    return text if text.isascii() else "".join(_ascii_char(char) for char in steady(text))


def _ascii_char(char: str) -> str:
    if char == ELLIPSIS:
        return "~"
    cells = cell_width(char)
    base = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return base if len(base) == cells else "?" * cells


def width_of(text: str) -> int:
    """Terminal cells of steady text."""
    return len(text) if text.isascii() else cell_width(text)


def line_width(line: Iterable[Span]) -> int:
    """Terminal cells of a line."""
    return sum(width_of(steady(span.text)) for span in line)


def left(text: str, cells: int) -> str:
    """`text` at the left of exactly `cells` cells, cut with an ellipsis where it is longer."""
    fitted = cut(text, cells)
    return fitted + " " * (cells - width_of(fitted))


def right(text: str, cells: int) -> str:
    """`text` at the right of exactly `cells` cells, cut with an ellipsis where it is longer."""
    fitted = cut(text, cells)
    return " " * (cells - width_of(fitted)) + fitted


def cut(text: str, cells: int) -> str:
    """At most `cells` cells of `text`; an ellipsis says that some is missing."""
    shown = steady(text)
    if width_of(shown) <= cells:
        return shown
    kept = ""
    room = cells - 1
    for char in shown:
        room -= width_of(char)
        if room < 0:
            break
        kept += char
    return kept.rstrip() + ELLIPSIS if cells > 0 else ""


def spread(at_left: Line, at_right: Line, cells: int) -> Line:
    """Two lines as one, the second at the right edge of `cells` cells; it goes where both do not fit."""
    gap = cells - line_width(at_left) - line_width(at_right)
    if gap < 1:
        return at_left
    return (*at_left, Span(" " * gap), *at_right)


def plain(lines: Iterable[Line]) -> str:
    """The text of lines without roles, for tests, logs and the clipboard."""
    return "\n".join("".join(span.text for span in line).rstrip() for line in lines)
