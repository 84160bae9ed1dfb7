"""Cleaning of text from outside: names, reasons, file names. Done once, where bytes become values."""

from __future__ import annotations

import unicodedata

from wcwidth import wcwidth

NAME_CELLS = 40
"""Terminal cells a name may take; the longest name in the sets we have takes 41 and reads well cut at 40."""

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS_A_LETTER = 4
"""Combining marks kept on one letter: Vietnamese needs 2; a hundred stacked marks climb over other rows."""


def clean_text(raw: str, cells: int) -> str:
    """Make text from outside safe for a terminal and at most `cells` wide.

    NFC; control, format, surrogate, private and unassigned characters dropped; white
    space collapsed; cut at `cells` terminal cells with an ellipsis. Markup is left as it
    is, since no widget here reads any. Idempotent.
    """
    if len(raw) <= cells and raw.isascii() and raw.isprintable() and raw == " ".join(raw.split()):
        return raw
    # A character of any name fits in 16 code points, so a megabyte of marks costs nothing.
    text = unicodedata.normalize("NFC", raw[: cells * 16])
    kept = (" " if char.isspace() else char for char in text)
    spaced = " ".join("".join(c for c in kept if unicodedata.category(c) not in _DROPPED).split())
    return _cut(unicodedata.normalize("NFC", spaced), cells)


def clean_name(raw: str) -> str:
    """`clean_text` for a person, a device or a race: at most NAME_CELLS wide."""
    return clean_text(raw, NAME_CELLS)


def cell_width(text: str) -> int:
    """Terminal cells that cleaned text takes."""
    return sum(max(0, wcwidth(char)) for char in text)


def _cut(text: str, cells: int) -> str:
    out: list[str] = []
    width = marks = 0
    for char in text:
        char_cells = max(0, wcwidth(char))
        marks = marks + 1 if char_cells == 0 else 0
        if marks > _MARKS_A_LETTER:
            continue
        if width + char_cells > cells:
            return _fitted(out, cells)
        out.append(char)
        width += char_cells
    return "".join(out)


def _fitted(chars: list[str], cells: int) -> str:
    while cell_width("".join(chars)) > cells - 1:
        chars.pop()
    return "".join(chars).rstrip() + "…"
