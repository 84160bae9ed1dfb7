"""Cells to names: the few different texts of a column, and which of them each row has."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from racecontrol.domain.iso_digits import Words
from racecontrol.formats.cells import MARGIN, WORD, Cells, Places, masked

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Any odd number with its bits well spread; 2^64 over the golden ratio is the usual one."""


_FIRST_ROWS: Final = 2_000


class Names(NamedTuple):
    """texts: each once. which: the place among them of each row's."""

    texts: list[str]
    which: Places


def names_of(cells: Cells) -> Names:
    """The names of a column, compared as bytes."""
    widths = cells.widths()
    longest = int(widths.max(initial=0))
    if longest > MARGIN or not longest:
        return _one_by_one(cells)
    words = masked(cells.words(max(1, -(-longest // WORD))), widths)
    hashes = _hashes(words)
    kinds, which = _kinds(hashes)
    firsts = np.empty(len(kinds), np.intp)
    # Of several values for one place the last is kept.
    firsts[which[::-1]] = np.arange(len(which) - 1, -1, -1)
    # Two names of one hash are told apart one by one.
    if (words != words[firsts[which]]).any():
        return _one_by_one(cells)
    return Names([cells.at(row) for row in firsts.tolist()], which)


def _kinds(hashes: Words) -> tuple[Words, Places]:
    """The different values, and which of them each is."""
    # All names of a block are mostly among its first: a look at all of them costs twice as much.
    kinds = np.unique(hashes[:_FIRST_ROWS])
    which = np.searchsorted(kinds, hashes)
    if (kinds[np.minimum(which, len(kinds) - 1)] != hashes).any():
        kinds = np.unique(hashes)
        which = np.searchsorted(kinds, hashes)
    return kinds, which


def _hashes(words: Words) -> Words:
    hashes = words[:, 0] * _MIX
    for place in range(1, words.shape[1]):
        hashes = (hashes ^ (hashes >> np.uint64(29)) ^ words[:, place]) * _MIX
    return hashes


def _one_by_one(cells: Cells) -> Names:
    known: dict[bytes, int] = {}
    starts, ends = cells.starts.tolist(), cells.ends.tolist()
    text = cells.text.tobytes()
    which = [known.setdefault(text[start:end], len(known)) for start, end in zip(starts, ends, strict=True)]
    firsts = {number: row for row, number in reversed(list(enumerate(which)))}
    return Names([cells.at(firsts[number]) for number in range(len(known))], np.array(which, np.intp))
