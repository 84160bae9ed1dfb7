"""Cells to UTC milliseconds, a column at a time: ISO 8601 text by whole words, numbers as times since 1970.

    2026-05-26T11:45:07.250+02:00
    20xx-xx-xxTxx:xx:xx.xxx+02:00

One cell is read by the standard library and is the template of all that differ from it in digits only;
those that do not wait for a template of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from racecontrol.domain.fixes import Int64Column
from racecontrol.domain.iso_digits import ISO_SECONDS, Words, fraction_digits
from racecontrol.domain.points_time import time_ms_of
from racecontrol.formats.cell_clock import Clock
from racecontrol.formats.cell_numbers import numbers_of
from racecontrol.formats.cells import WORD, ZEROS, Cells, Places, alike, are_digits

NO_TIME: Final = -(2**63)
"""In a column of times: the cell is blank, or not read here."""

SECONDS_BELOW: Final = 1e11
"""A number that is a time: below, it is seconds since 1970; from here on milliseconds."""

_WORDS: Final = 4
"""Of the longest text read here: 2026-05-26T11:40:00.123456+00:00."""

_MOST_TEMPLATES: Final = 16
"""Tried in one block; what matches none is read one by one."""

_DAY_MS: Final = 86_400_000


def times_ms_of(cells: Cells) -> Int64Column:
    """Every cell's time as `points_time.time_ms_of` reads it, or a number's; else NO_TIME."""
    is_text = (cells.widths() >= ISO_SECONDS) & (cells.text[cells.starts + 4] == ord("-"))
    if is_text.all():
        return _of_texts(cells)
    time_ms = np.empty(len(cells), np.int64)
    time_ms[is_text] = _of_texts(cells.select(is_text))
    time_ms[~is_text] = times_of_numbers(numbers_of(cells.select(~is_text)).values)
    return time_ms


def times_of_numbers(values: npt.NDArray[np.float64]) -> Int64Column:
    """Times given as seconds or milliseconds since 1970; NO_TIME for NaN and what no clock shows."""
    values_ms = np.where(np.abs(values) < SECONDS_BELOW, values * 1000, values)
    with np.errstate(invalid="ignore"):
        is_sound = np.abs(values_ms) < 2.0**53
    return np.where(is_sound, np.rint(np.where(is_sound, values_ms, 0)), NO_TIME).astype(np.int64)


def _of_texts(cells: Cells) -> Int64Column:
    time_ms = np.full(len(cells), NO_TIME, np.int64)
    words = cells.words(_WORDS)
    widths = cells.widths()
    waiting = np.flatnonzero(widths <= _WORDS * WORD)
    for _ in range(_MOST_TEMPLATES):
        if len(waiting) == 0:
            break
        template = _template_of(cells.at(int(waiting[0])))
        if template is None:
            waiting = waiting[1:]
            continue
        own = words if len(waiting) == len(words) else words[waiting]
        read_ms, is_read = _read(own, widths[waiting], template)
        # The template itself is always read, so that every round ends with fewer.
        time_ms[waiting[is_read]] = read_ms[is_read]
        waiting = waiting[~is_read]
    return time_ms


@dataclass(frozen=True, slots=True)
class _Template:
    """fixed: what stands where no digit changes, a word each. digits: masks of those that do.

    offset_ms: what its digits read as, less the time that it is.
    """

    width: int
    fixed: Words
    digits: Words
    offset_ms: int


def _template_of(text: str) -> _Template | None:
    """The template that a text makes; None where it is no time of this century."""
    if not text.isascii() or text[10] not in "T ":
        return None
    if (text[:2], text[7], text[13], text[16]) != ("20", "-", ":", ":"):
        return None
    try:
        known_ms = time_ms_of(text)
    except ValueError:
        return None
    places = [2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
    places += range(ISO_SECONDS + 1, ISO_SECONDS + 1 + fraction_digits(text))
    digits = bytearray(_WORDS * WORD)
    for place in places:
        digits[place] = 0xFF
    padded = text.encode().ljust(_WORDS * WORD, b"\0")
    fixed = bytes(0 if mask else character for character, mask in zip(padded, digits, strict=True))
    template = _Template(len(text), _as_words(fixed), _as_words(digits), 0)
    read_ms, is_read = _read(_as_words(padded)[None, :], np.array([len(text)]), template)
    if not is_read[0]:
        return None
    return _Template(len(text), template.fixed, template.digits, int(read_ms[0]) - known_ms)


def _as_words(text: bytes | bytearray) -> Words:
    return np.frombuffer(bytes(text), "<u8").astype(np.uint64)


def _read(words: Words, widths: Places, template: _Template) -> tuple[Int64Column, npt.NDArray[np.bool_]]:
    """The times of texts by a template, and which of them are written as it is."""
    is_read = widths == template.width
    digits = []
    for place in range(-(-template.width // WORD)):
        mask = template.digits[place]
        word = alike(words[:, place])
        own = (word ^ ZEROS) & mask
        is_read &= are_digits(own)
        is_read &= word & ~mask & _kept(template.width, place) == template.fixed[place]
        digits.append(own)
    clock = Clock.of(digits)
    day = clock.day_number()
    is_read &= (day >= 0) & (clock.hour < 24) & (clock.minute < 60) & (clock.second < 60)
    time_ms = day * _DAY_MS + ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1000 + clock.ms
    return np.broadcast_to(time_ms - template.offset_ms, is_read.shape), is_read


def _kept(width: int, place: int) -> np.uint64:
    """Mask of the bytes of a word that a text of that width has."""
    return np.uint64((1 << 8 * min(max(width - place * WORD, 0), WORD)) - 1)
